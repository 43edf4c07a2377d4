// What can be known about a file before a byte is sent. Each answer is a fault {title, detail}, or null.

export function faultOf(file, { accept, maxBytes, maxText }) {
  if (!file.size)
    return {
      title: "It is empty.",
      detail: "Choose the recording again; the program that made it may not have finished writing.",
    };
  if (file.size > maxBytes)
    return {
      title: "It is too big.",
      detail: `This site takes up to ${maxText}. Cut it shorter, or save it at a lower quality.`,
    };
  if (!fits(file, accept))
    return { title: "It is not a video.", detail: "Choose a recording such as MP4, WebM, MOV or MKV." };
  return null;
}

export function faultOfLength(seconds, maxSeconds) {
  if (!(seconds > maxSeconds)) return null;
  return {
    title: "It is too long.",
    detail: `This site takes up to ${Math.round(maxSeconds / 60)} minutes. Cut it into parts, each with one purpose.`,
  };
}

// accept as in <input accept>: "video/*,.mkv". A file whose type the browser doesn't know is left to the server.
function fits(file, accept) {
  const kinds = accept
    .toLowerCase()
    .split(",")
    .map((kind) => kind.trim())
    .filter(Boolean);
  const name = file.name.toLowerCase();
  const type = file.type.toLowerCase();
  if (!type && !name.includes(".")) return true;
  return kinds.some((kind) => {
    if (kind.startsWith(".")) return name.endsWith(kind);
    return kind.endsWith("/*") ? type.startsWith(kind.slice(0, -1)) : type === kind;
  });
}

// The length in seconds and whether this browser can show a picture of it.
export function look(url) {
  return new Promise((resolve) => {
    const video = document.createElement("video");
    video.preload = "metadata";
    video.muted = true;
    video.onloadedmetadata = () =>
      resolve({ seconds: Number.isFinite(video.duration) ? video.duration : null, hasPicture: video.videoWidth > 0 });
    video.onerror = () => resolve({ seconds: null, hasPicture: false });
    video.src = url;
  });
}
