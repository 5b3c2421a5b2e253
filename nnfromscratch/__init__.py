"""Neural networks from scratch: small, readable NumPy code behind the course of the same name.

The chapters develop it, in this order::

    1       neuron, threshold                        activations.binary_step
    2       why bends matter, activations            activations
    3       forward propagation                      layers (Linear)
    4       loss, gradient descent                   losses (SquaredError)
    4b      mini-batches                             network.shuffled_batches, optimizers (SGD)
    5, 5a   backpropagation                          layers (backward)
    5b      gradient checking                        gradient_check
    5c      ten layers deep                          initializers, layers
    6, 6b   softmax, cross-entropy                   activations.softmax, losses (the two cross-entropies)
    7       the network as a class                   layers, network, parameters, _storage
    8       MNIST                                    data (datasets, readers, splits, preprocessing, toy)
    9       error analysis                           metrics
    10      training well                            initializers, optimizers (RMSProp, Adam), layers.Dropout
    10b     a recipe                                 schedules, optimizers (AdamW), data.augmentation
    11, 11b museum of bugs                           course.mistakes, course.feedback
    12      classic results                          (benchmarks/classic_results.py of the repository)
    13      automatic differentiation                autodiff
    14      convolution                              convolution
    15      your own digits                          data.handwriting
            How fast is it?                          fast

Every name below can be imported from here. `nnfromscratch.plots` draws (it needs matplotlib), `nnfromscratch.widgets` contains the
interactive figures (anywidget), and `nnfromscratch.course` what the pages use: feedback, quizzes, quotations. Importing this package loads
NumPy and no other third-party package.
"""

from .activations import (
    binary_step,
    d_binary_step,
    d_elu,
    d_identity,
    d_leaky_relu,
    d_relu,
    d_scaled_identity,
    d_sigmoid,
    d_tanh,
    elu,
    identity,
    leaky_relu,
    log_softmax,
    relu,
    scaled_identity,
    sigmoid,
    softmax,
    tanh,
)
from .data.augmentation import random_shifts, random_warps
from .data.csv_reader import read_mnist_csv
from .data.datasets import IRIS_CLASSES, IRIS_FEATURES, load_digits, load_iris, load_mnist
from .data.preprocessing import one_hot, standardize
from .data.readers import read_idx
from .data.splits import Dataset, Split, train_test_split, train_validation_test_split
from .data.toy import make_blobs, make_circles, make_moons, make_spirals, make_xor
from .gradient_check import check_gradients, numerical_gradient, relative_error
from .initializers import INITIALIZERS, he, normal, xavier, zeros
from .layers import (
    ELU,
    LAYERS,
    Activation,
    BinaryStep,
    Dropout,
    Identity,
    Layer,
    LeakyReLU,
    Linear,
    ReLU,
    Scale,
    ScaledIdentity,
    Sigmoid,
    Softmax,
    Tanh,
)
from .losses import LOSSES, BinaryCrossEntropy, Loss, SoftmaxCrossEntropy, SquaredError
from .metrics import accuracy, confusion_matrix, misclassified, r_squared
from .network import Epoch, Network, mlp, shuffled_batches
from .optimizers import SGD, Adam, AdamW, Optimizer, RMSProp
from .parameters import ParameterDict, Parameters
from .schedules import constant, cosine, step_decay, warmup

__version__ = "0.1.0"

__all__ = [
    "ELU",
    "INITIALIZERS",
    "IRIS_CLASSES",
    "IRIS_FEATURES",
    "LAYERS",
    "LOSSES",
    "SGD",
    "Activation",
    "Adam",
    "AdamW",
    "BinaryCrossEntropy",
    "BinaryStep",
    "Dataset",
    "Dropout",
    "Epoch",
    "Identity",
    "Layer",
    "LeakyReLU",
    "Linear",
    "Loss",
    "Network",
    "Optimizer",
    "ParameterDict",
    "Parameters",
    "RMSProp",
    "ReLU",
    "Scale",
    "ScaledIdentity",
    "Sigmoid",
    "Softmax",
    "SoftmaxCrossEntropy",
    "Split",
    "SquaredError",
    "Tanh",
    "accuracy",
    "binary_step",
    "check_gradients",
    "confusion_matrix",
    "constant",
    "cosine",
    "d_binary_step",
    "d_elu",
    "d_identity",
    "d_leaky_relu",
    "d_relu",
    "d_scaled_identity",
    "d_sigmoid",
    "d_tanh",
    "elu",
    "he",
    "identity",
    "leaky_relu",
    "load_digits",
    "load_iris",
    "load_mnist",
    "log_softmax",
    "make_blobs",
    "make_circles",
    "make_moons",
    "make_spirals",
    "make_xor",
    "misclassified",
    "mlp",
    "normal",
    "numerical_gradient",
    "one_hot",
    "r_squared",
    "random_shifts",
    "random_warps",
    "read_idx",
    "read_mnist_csv",
    "relative_error",
    "relu",
    "scaled_identity",
    "shuffled_batches",
    "sigmoid",
    "softmax",
    "standardize",
    "step_decay",
    "tanh",
    "train_test_split",
    "train_validation_test_split",
    "warmup",
    "xavier",
    "zeros",
]  # fmt: skip
