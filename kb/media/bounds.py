"""How much one recording may ask of us, and what ffmpeg is told of every input so that it asks no more."""

from kb.errors import ToolFailed
from kb.media.kinds import Kind
from kb.media.packets import Measured

MAX_PIXELS = 36_000_000
# A film with a dozen languages and the fonts of their subtitles has fewer.
MAX_STREAMS = 100
# Of address space. A header or an index that needs more is made to harm.
PROBE_MEMORY_BYTES = 768 * 1024**2
# Cameras for slow motion take 240. A picture of 6K sixty times a second is 1.2 billion pixels.
MOST_PICTURES_PER_S = 500
MOST_PIXELS_PER_S = 1_250_000_000

# The decoders that screen recorders, cameras, phones and editors need, of the five hundred that ffmpeg has: most of
# the others are for games and machines of the last century, and are as little looked after.
PICTURES = (
    "h264 hevc vp8 vp9 libdav1d libaom-av1 av1 vp6f flv flashsv flashsv2 theora mpeg4 msmpeg4 msmpeg4v2 mpeg2video "
    "mpeg1video h263 wmv1 wmv2 wmv3 vc1 mjpeg mjpegb png gif qtrle rawvideo prores dnxhd cfhd ffv1 huffyuv ffvhuff "
    "utvideo magicyuv zmbv camstudio camtasia tscc2 msrle msvideo1 cinepak svq1 svq3 dvvideo v210 jpeg2000"
)
SOUNDS = (
    "aac aac_latm mp3float mp3 mp2float mp2 opus libopus vorbis libvorbis flac alac ac3 eac3 amrnb amrwb wmav1 wmav2 "
    "pcm_s16le pcm_s16be pcm_s24le pcm_s24be pcm_s32le pcm_s32be pcm_s8 pcm_u8 pcm_f32le pcm_f32be pcm_f64le pcm_alaw "
    "pcm_mulaw adpcm_ms adpcm_ima_wav adpcm_ima_qt adpcm_swf nellymoser speex libspeex"
)
SUBTITLES = "mov_text subrip srt ass ssa webvtt text"
DECODERS = ",".join(f"{PICTURES} {SOUNDS} {SUBTITLES}".split())


def input_options(kind: Kind) -> dict[str, str | int]:
    """What every ffmpeg and ffprobe is told of its input: one demuxer, local files alone, no giant pictures."""
    return {
        "protocol_whitelist": "file,pipe",
        "format_whitelist": kind.demuxer,
        "codec_whitelist": DECODERS,
        "max_pixels": MAX_PIXELS,
        "max_streams": MAX_STREAMS,
        "f": kind.demuxer,
    }


def check(width: int, height: int, measured: Measured) -> None:
    """Raises ToolFailed(permanent=True), code "too-many-pictures", where decoding would cost days for seconds."""
    seconds = max(1.0, measured.duration_ms / 1000)
    per_second = measured.video_frames / seconds
    if per_second > MOST_PICTURES_PER_S:
        much = f"{per_second:,.0f} pictures a second, and {MOST_PICTURES_PER_S} are the most"
    elif per_second * width * height > MOST_PIXELS_PER_S:
        much = f"{per_second:,.0f} pictures of {width} x {height} a second, which is more than can be decoded here"
    else:
        return
    raise ToolFailed(
        f"It has {much}. Record it again at 30 a second, or export it so.", permanent=True, code="too-many-pictures"
    )
