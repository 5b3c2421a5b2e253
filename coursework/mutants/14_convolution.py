"""Wrong and unusual solutions for assignment 14."""

from . import Mutant

SHAPES = """
def out_side(n, k, s=1, p=0):
    return {side}


def n_parameters(c_in, c_out, k):
    return {count}
"""
RIGHT = {"side": "(n + 2 * p - k) // s + 1", "count": "c_out * (c_in * k * k + 1)"}
SLIDE = """
def convolve(image, kernel):
    k, m = kernel.shape
    Z = np.zeros((image.shape[0] - k + 1, image.shape[1] - m + 1))
    for i, j in np.ndindex(*Z.shape):
        Z[i, j] = {}
    return Z
"""
KERNEL = """
def kernel_gradient(image, dZ):
    k, m = image.shape[0] - dZ.shape[0] + 1, image.shape[1] - dZ.shape[1] + 1
    dK = np.zeros((k, m))
    for i, j in np.ndindex(*dZ.shape):
        dK {} image[i:i + k, j:j + m]
    return dK{}
"""
IMAGE = """
def image_gradient(kernel, dZ):
    k, m = kernel.shape
    d_image = np.zeros((dZ.shape[0] + k - 1, dZ.shape[1] + m - 1))
    for i, j in np.ndindex(*dZ.shape):
        d_image[i:i + k, j:j + m] {} dZ[i, j] * {}
    return d_image
"""
SIDE, COUNT = "test-shapes-side", "test-shapes-parameters"
CONVOLVE, ON_KERNEL, ON_IMAGE = "test-convolve", "test-kernel-gradient", "test-image-gradient"


def shapes(**changes):
    return SHAPES.format(**RIGHT | changes)


MUTANTS = {
    "side: one place too few": Mutant("shapes", shapes(side="(n + 2 * p - k) // s"), {SIDE}),
    "side: padding on one side": Mutant("shapes", shapes(side="(n + p - k) // s + 1"), {SIDE}),
    "side: not a whole number": Mutant("shapes", shapes(side="(n + 2 * p - k) / s + 1"), {SIDE}),
    "side: no stride": Mutant("shapes", shapes(side="n + 2 * p - k + 1"), {SIDE}),
    "count: no biases": Mutant("shapes", shapes(count="c_out * c_in * k * k"), {COUNT}),
    "count: one bias for all": Mutant("shapes", shapes(count="c_out * c_in * k * k + 1"), {COUNT}),
    "count: kernels see one channel": Mutant("shapes", shapes(count="c_out * (k * k + 1)"), {COUNT}),
    "count: a bias per channel and kernel": Mutant("shapes", shapes(count="c_out * c_in * (k * k + 1)"), {COUNT}),
    "convolve: flipped": Mutant("convolve", SLIDE.format("(image[i:i + k, j:j + m] * kernel[::-1, ::-1]).sum()"), {CONVOLVE}),
    "convolve: the mean": Mutant("convolve", SLIDE.format("(image[i:i + k, j:j + m] * kernel).mean()"), {CONVOLVE}),
    "convolve: no weights": Mutant("convolve", SLIDE.format("image[i:i + k, j:j + m].sum()"), {CONVOLVE}),
    "convolve: one place too few": Mutant(
        "convolve", SLIDE.format("(image[i:i + k, j:j + m] * kernel).sum()").replace("return Z", "return Z[:-1, :-1]"), {CONVOLVE}
    ),
    "kernel: overwritten": Mutant("kernel-gradient", KERNEL.format("[...] = dZ[i, j] *", "").replace("dK [...]", "dK[...]"), {ON_KERNEL}),
    "kernel: dZ is missing": Mutant("kernel-gradient", KERNEL.format("+=", ""), {ON_KERNEL}),
    "kernel: the mean": Mutant("kernel-gradient", KERNEL.format("+= dZ[i, j] *", " / dZ.size"), {ON_KERNEL}),
    "kernel: flipped": Mutant("kernel-gradient", KERNEL.format("+= dZ[i, j] *", "[::-1, ::-1]"), {ON_KERNEL}),
    "image: overwritten": Mutant("image-gradient", IMAGE.format("=", "kernel"), {ON_IMAGE}),
    "image: flipped": Mutant("image-gradient", IMAGE.format("+=", "kernel[::-1, ::-1]"), {ON_IMAGE}),
    "image: the kernel is missing": Mutant("image-gradient", IMAGE.format("+=", "np.ones_like(kernel)"), {ON_IMAGE}),
}

UNUSUAL = {
    "by counting, with windows, and as a full convolution": {
        "shapes": """
def out_side(n, k, s=1, p=0):
    return len(range(-p, n + p - k + 1, s))


def n_parameters(c_in, c_out, k):
    return sum(k**2 * c_in + 1 for _ in range(c_out))
""",
        "convolve": """
def convolve(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijab,ab->ij", windows, kernel)
""",
        "kernel-gradient": """
def kernel_gradient(image, dZ):
    windows = np.lib.stride_tricks.sliding_window_view(image, dZ.shape)
    return np.tensordot(windows, dZ, axes=2)
""",
        "image-gradient": """
def image_gradient(kernel, dZ):
    k, m = kernel.shape
    padded = np.pad(dZ, ((k - 1, k - 1), (m - 1, m - 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape)
    return (windows * kernel[::-1, ::-1]).sum(axis=(2, 3))
""",
    },
    "with loops over the kernel": {
        "shapes": """
def out_side(n, k, s=1, p=0):
    places, start = 0, 0
    while start + k <= n + 2 * p:
        places, start = places + 1, start + s
    return places


def n_parameters(c_in, c_out, k):
    return np.zeros((c_out, c_in, k, k)).size + c_out
""",
        "convolve": """
def convolve(image, kernel):
    k, m = kernel.shape
    height, width = image.shape[0] - k + 1, image.shape[1] - m + 1
    return sum(kernel[a, b] * image[a:a + height, b:b + width] for a in range(k) for b in range(m))
""",
        "kernel-gradient": """
def kernel_gradient(image, dZ):
    height, width = dZ.shape
    k, m = image.shape[0] - height + 1, image.shape[1] - width + 1
    return np.array([[np.vdot(dZ, image[a:a + height, b:b + width]) for b in range(m)] for a in range(k)])
""",
        "image-gradient": """
def image_gradient(kernel, dZ):
    height, width = dZ.shape
    d_image = np.zeros((height + kernel.shape[0] - 1, width + kernel.shape[1] - 1))
    for a, b in np.ndindex(*kernel.shape):
        d_image[a:a + height, b:b + width] += kernel[a, b] * dZ
    return d_image
""",
    },
}
