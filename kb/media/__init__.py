"""All ffmpeg knowledge: what a file is, what plays at once, the rendition, stills, storyboard and sound."""
