"""Train the network from the chapter on MNIST, with all 60,000 training images, and use the 10,000 test images once.

    python examples/train_mnist.py                        # downloads MNIST (11.6 MB) once, or takes it from $NNFROMSCRATCH_DATA
    python examples/train_mnist.py --data digits          # the 5,000 digits that come with the package
    python examples/train_mnist.py --save mnist.npz       # keeps the network: Network.load("mnist.npz")

The recipe was chosen in the chapter with digits held out from the training set, so nothing here was fitted to the test images.
"""

import argparse

import nnfromscratch as nn

LOADERS = {"mnist": nn.load_mnist, "digits": nn.load_digits}
BATCH_SIZE = 64


def train(X, y, *, epochs, seed):
    """Return a trained 784-128-10 network: momentum, a rate that falls to 0, every image moved by up to one pixel."""
    network = nn.Network(nn.mlp([784, 128, 10], rng=seed))
    steps = epochs * -(-len(X) // BATCH_SIZE)  # batches of one epoch, rounded up
    optimizer = nn.SGD(nn.cosine(0.1, steps), momentum=0.9)
    for epoch in network.train(X, y, epochs=epochs, batch_size=BATCH_SIZE, optimizer=optimizer, rng=seed, augment=nn.random_shifts()):
        print(f"epoch {epoch.number:2} of {epochs}: loss {epoch.loss:.4f}", flush=True)
    return network


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", choices=LOADERS, default="mnist")
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save", metavar="FILE.npz")
    options = parser.parse_args()
    data = LOADERS[options.data]()
    network = train(data.X_train, data.y_train, epochs=options.epochs, seed=options.seed)
    if options.save:
        network.save(options.save)
    print(f"{network.score(data.X_test, data.y_test):.2%} of {len(data.X_test):,} test images are classified correctly")


if __name__ == "__main__":
    main()
