# Makes the golden files of the image kernels with Pillow 9.4.0 and numpy 1.24.2:
#   python3 test/golden/images.py
# photo.97x61.bin is an opaque picture of 97 x 61 pixels (RGBA bytes), sprite.40x30.bin one of 40 x 30 with all alphas;
# each other file is a resize of one of them, named by source, filter and size.

import os
import numpy as np
from PIL import Image

here = os.path.dirname(os.path.abspath(__file__))


def save(name, pixels):
    np.asarray(pixels, np.uint8).tofile(os.path.join(here, name))


rng = np.random.default_rng(20)
y, x = np.mgrid[0:61, 0:97]
photo = np.empty((61, 97, 4), np.uint8)
for c in range(3):
    wave = 128 + 70 * np.sin(x / (7 + 3 * c)) * np.cos(y / (5 + c)) + 40 * ((x // 13 + y // 11 + c) % 2)
    photo[..., c] = np.clip(wave + rng.normal(0, 15, x.shape), 0, 255)
photo[..., 3] = 255
save("photo.97x61.bin", photo)
sprite = rng.integers(0, 256, (30, 40, 4), np.uint8)
sprite[5:12, 5:20, 3] = 0
sprite[15:25, 10:30, 3] = 255
save("sprite.40x30.bin", sprite)

filters = {"lanczos3": Image.LANCZOS, "bilinear": Image.BILINEAR}
for name, filter in filters.items():
    for w, h in ((31, 20), (200, 100), (97, 17), (1, 1)):
        save(f"photo.{name}.{w}x{h}.bin", Image.fromarray(photo, "RGBA").resize((w, h), filter))
    for w, h in ((17, 13), (63, 45)):
        save(f"sprite.{name}.{w}x{h}.bin", Image.fromarray(sprite, "RGBA").resize((w, h), filter))
