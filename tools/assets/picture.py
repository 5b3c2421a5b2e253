"""Draw the picture of README and landing page: a trained network reads a digit. Run it again when the figures change.

python -m tools.assets.picture        (writes book/_static/reading-a-digit.svg, and social.png for shared links)
"""

import matplotlib
import numpy as np
from matplotlib import pyplot as plt

from nnfromscratch import SGD, Network, load_digits, mlp, plots, random_shifts
from nnfromscratch.widgets.base import png
from tools import ROOT

PICTURE = ROOT / "book" / "_static" / "reading-a-digit.svg"
SHARED = PICTURE.with_name("social.png")


def train(digits):
    """Return a network with so few neurons that you can see how they are connected."""
    network = Network(mlp([784, 24, 10], rng=1))
    network.fit(digits.X_train, digits.y_train, epochs=20, batch_size=64, optimizer=SGD(0.1, momentum=0.9), augment=random_shifts(), rng=1)
    return network


def doubtful(network, digits):
    """Return which held-out digit is read correctly, but with a probability nearest to 0.7."""
    right = network.predict(digits.X_test) == digits.y_test
    certainty = network.predict_proba(digits.X_test).max(axis=1)
    return int(np.argmin(np.where(right, abs(certainty - 0.7), 1)))


def draw(network, image, label, size=(5.2, 3)):
    """Draw image -> network -> probabilities in one figure."""
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=size, width_ratios=[1.1, 2, 1.3], layout="constrained")
    plots.image_grid(image[None], columns=1, ax=left)
    plots.network_diagram(network, labels=["pixels", "hidden", "digits"], max_neurons=10, ax=middle)
    plots.probabilities(network.predict_proba(image[None])[0], true=label, ax=right)
    right.spines[["top", "right"]].set_visible(False)
    right.set_xticks([0, 0.5, 1])
    return figure


def main():
    matplotlib.rcParams |= {"svg.hashsalt": "nnfromscratch", "svg.fonttype": "path", "font.size": 10}
    digits = load_digits()
    network = train(digits)
    print(f"{network.score(digits.X_test, digits.y_test):.1%} of the held-out digits are read correctly")
    chosen = doubtful(network, digits)
    figure = draw(network, digits.X_test[chosen], digits.y_test[chosen])
    figure.savefig(PICTURE, facecolor="white", metadata={"Date": None, "Creator": None})
    figure = draw(network, digits.X_test[chosen], digits.y_test[chosen], size=(12, 6.3))  # 1200 x 630 pixels, as such pictures are
    figure.get_layout_engine().set(rect=(0.02, 0.03, 0.96, 0.93))
    figure.suptitle("Neural Networks from Scratch", fontsize=34, fontweight="bold")
    SHARED.write_bytes(png(figure, dpi=100))


if __name__ == "__main__":
    main()
