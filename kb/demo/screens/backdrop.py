"""What lies beneath and above every window: wallpaper, frame, pointer, keys that are pressed."""

from functools import lru_cache

from PIL import Image, ImageDraw, ImageFilter

from kb.demo.screens.canvas import DARK, FINE, LIGHT, SIZE, Box, Canvas, Place, sans

# Two ends of a slope and the colour of a light on it.
WALLPAPERS = {
    "dusk": ("#2b3a8f", "#7d4fb3", "#f08aa8"),
    "sea": ("#0f5f8c", "#1aa39a", "#9ff0d0"),
    "meadow": ("#2e7d57", "#9cc76a", "#f4f0a0"),
    "dune": ("#c8744a", "#ecc07f", "#fff0d0"),
    "slate": ("#273247", "#4c6285", "#a9c4ea"),
    "plum": ("#5a2a63", "#c05c7e", "#ffc4a8"),
}
TOP = 44


@lru_cache(maxsize=8)
def framed(wallpaper: str, room: Box, is_dark: bool) -> Image.Image:
    """Wallpaper and an empty window with its title bar."""
    look = DARK if is_dark else LIGHT
    canvas = Canvas(_wallpaper(*WALLPAPERS[wallpaper]))
    left, top, width, _ = room
    canvas.shadow(room, 14)
    canvas.box(room, look.paper, radius=14, edge="#3a4154" if is_dark else "#ffffff")
    canvas.box((left + 1, top + 1, width - 2, TOP + 12), look.bar, radius=13)
    canvas.box((left + 1, top + TOP, width - 2, 14), look.paper)
    canvas.line((left + 1, top + TOP - 1), (left + width - 2, top + TOP - 1), look.line)
    for number, fill in enumerate(("#ff6b61", "#f7bd3e", "#36c65a")):
        canvas.sign("dot", (left + 26 + number * 24, top + TOP // 2), fill, 14)
    return canvas.image


def _wallpaper(start: str, end: str, light: str) -> Image.Image:
    small = (64, 36)
    down = Image.linear_gradient("L")
    across = down.transpose(Image.Transpose.ROTATE_90)
    slope = Image.blend(down, across, 0.35).resize(small)
    picture = Image.composite(Image.new("RGB", small, end), Image.new("RGB", small, start), slope)
    glow = Image.new("L", small)
    ImageDraw.Draw(glow).ellipse((38, -14, 74, 22), fill=150)
    ImageDraw.Draw(glow).ellipse((-16, 20, 18, 48), fill=70)
    picture.paste(light, (0, 0), glow.filter(ImageFilter.GaussianBlur(8)))
    return picture.resize(SIZE, Image.Resampling.BICUBIC)


@lru_cache(maxsize=1)
def veil() -> Image.Image:
    return Image.new("L", SIZE, 56)


def draw_hint(canvas: Canvas, hint: str) -> None:
    parts = hint.split(" ")
    widths = [round(sans(26, 620).getlength(part)) + 40 for part in parts]
    left = (SIZE[0] - sum(widths) - 10 * (len(parts) - 1)) // 2
    for part, width in zip(parts, widths, strict=True):
        at = (left, SIZE[1] - 116, width, 56)
        canvas.shadow(at, 12)
        canvas.box(at, "#1b2130", radius=12, edge="#4b556d")
        canvas.text((left + width // 2, at[1] + 28), part, sans(26, 620), "#ffffff", to="m")
        left += width + 10


ARROW = [(0, 0), (0, 19.5), (4.6, 15.4), (7.7, 22.6), (11.2, 21.1), (8.2, 14.1), (14.2, 13.8)]


def draw_pointer(image: Image.Image, at: Place, *, is_pressed: bool) -> None:
    if is_pressed:
        ring = _ring()
        image.paste("#ffb020", (at[0] - ring.width // 2, at[1] - ring.height // 2), ring)
    inside, outside = _arrow()
    image.paste("#ffffff", (at[0] - 3, at[1] - 3), outside)
    image.paste("#10131c", (at[0] - 3, at[1] - 3), inside)


@lru_cache(maxsize=1)
def _arrow() -> tuple[Image.Image, Image.Image]:
    scale = 1.35
    masks = []
    for edge in (0, 3.4):
        mask = Image.new("L", (32 * FINE, 40 * FINE))
        points = [((x * scale + 3) * FINE, (y * scale + 3) * FINE) for x, y in ARROW]
        draw = ImageDraw.Draw(mask)
        draw.polygon(points, fill=255)
        if edge:
            draw.line([*points, points[0], points[1]], fill=255, width=round(edge * FINE), joint="curve")
        masks.append(mask.resize((32, 40), Image.Resampling.BOX))
    return masks[0], masks[1]


@lru_cache(maxsize=1)
def _ring() -> Image.Image:
    size = 54
    mask = Image.new("L", (size * FINE, size * FINE))
    draw = ImageDraw.Draw(mask)
    draw.ellipse((0, 0, size * FINE - 1, size * FINE - 1), fill=110)
    draw.ellipse((0, 0, size * FINE - 1, size * FINE - 1), outline=230, width=3 * FINE)
    return mask.resize((size, size), Image.Resampling.BOX)
