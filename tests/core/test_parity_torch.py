"""The same numbers as PyTorch, in float64: layers, losses, whole networks, ten steps of every optimizer, schedules."""

import copy

import numpy as np
import pytest

import nnfromscratch as nn
from cases import ACTIVATIONS, LAYERS, LOSSES, HeldDropout, numbers, targets
from nnfromscratch import SGD, Adam, AdamW, BinaryCrossEntropy, Linear, Network, RMSProp, SoftmaxCrossEntropy, SquaredError, mlp

CLOSE = dict(rtol=1e-10, atol=1e-12)
# what each layer is in PyTorch: a function of (torch, layer, Z)
THEIR_LAYERS = {
    nn.Scale: lambda t, layer, Z: layer.factor * Z,
    nn.Identity: lambda t, layer, Z: t.nn.Identity()(Z),
    nn.ScaledIdentity: lambda t, layer, Z: layer.a * Z,
    nn.BinaryStep: lambda t, layer, Z: t.heaviside(Z.detach() - layer.threshold, t.ones(1, dtype=Z.dtype)) + 0 * Z,
    nn.Sigmoid: lambda t, layer, Z: t.sigmoid(Z),
    nn.Tanh: lambda t, layer, Z: t.tanh(Z),
    nn.ReLU: lambda t, layer, Z: layer.slope * t.relu(Z),
    nn.LeakyReLU: lambda t, layer, Z: t.nn.functional.leaky_relu(Z, layer.negative_slope),
    nn.ELU: lambda t, layer, Z: t.nn.functional.elu(Z, layer.alpha),
    nn.Softmax: lambda t, layer, Z: t.softmax(Z, dim=1),
    HeldDropout: lambda t, layer, Z: Z * t.tensor(np.random.default_rng(7).random(Z.shape) >= layer.p) / (1 - layer.p),
    Linear: lambda t, layer, Z: t.nn.functional.linear(Z, layer.W.T, layer.b),
}
THEIR_LOSSES = {
    SquaredError: lambda t, Z, Y: t.nn.functional.mse_loss(Z, Y, reduction="sum") / (2 * len(Y)),
    BinaryCrossEntropy: lambda t, Z, Y: t.nn.functional.binary_cross_entropy_with_logits(Z, Y, reduction="sum") / len(Y),
    SoftmaxCrossEntropy: lambda t, Z, Y: t.nn.functional.cross_entropy(Z, Y),
}


def leaf(torch, array):
    return torch.tensor(array, requires_grad=True)


def theirs(torch, layers):
    """The same layers as a function in PyTorch, and its parameters in our order, without any of our views."""
    twins = [copy.deepcopy(layer) for layer in layers]
    parameters = []
    for twin in twins:
        if isinstance(twin, Linear):
            twin.W, twin.b = leaf(torch, twin.params["W"]), leaf(torch, twin.params["b"])
            parameters += [twin.W, twin.b]

    def forward(Z):
        for twin in twins:
            Z = THEIR_LAYERS[type(twin)](torch, twin, Z)
        return Z

    return forward, parameters


@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
@pytest.mark.parametrize("scale", [1, 30])
def test_layer(torch, make, scale):
    layer, Z = make(), scale * numbers(6, 3)
    forward, parameters = theirs(torch, [layer])
    A, their_Z = layer.forward(Z), leaf(torch, Z)
    their_A, dA = forward(their_Z), numbers(*A.shape, seed=5)
    their_A.backward(torch.tensor(dA))
    np.testing.assert_allclose(A, their_A.detach(), **CLOSE)
    np.testing.assert_allclose(layer.backward(dA), their_Z.grad, **CLOSE)
    for ours, their in zip(layer.grads.values(), parameters):
        np.testing.assert_allclose(ours, their.grad, **CLOSE)


@pytest.mark.parametrize("scale", [1, 50, 1e4])
@pytest.mark.parametrize(
    "loss, Z, y, Y",
    [
        (SquaredError(), numbers(6, 3), numbers(6, 3, seed=1), numbers(6, 3, seed=1)),
        (BinaryCrossEntropy(), numbers(6, 1), np.array([0, 1, 1, 0, 1, 1]), np.array([[0.0], [1], [1], [0], [1], [1]])),
        (BinaryCrossEntropy(), numbers(6, 3), np.array([0, 1, 2, 0, 1, 2]), np.tile(np.eye(3), (2, 1))),
        (SoftmaxCrossEntropy(), numbers(6, 3), np.array([0, 1, 2, 0, 1, 2]), np.array([0, 1, 2, 0, 1, 2])),
        (SoftmaxCrossEntropy(), numbers(6, 3), nn.softmax(numbers(6, 3, seed=1)), nn.softmax(numbers(6, 3, seed=1))),
    ],
)
def test_loss(torch, loss, Z, y, Y, scale):
    Z, their_Z = scale * Z, leaf(torch, scale * Z)
    their_loss = THEIR_LOSSES[type(loss)](torch, their_Z, torch.tensor(Y))
    their_loss.backward()
    np.testing.assert_allclose(loss.forward(Z, y), their_loss.item(), **CLOSE)
    np.testing.assert_allclose(loss.backward(), their_Z.grad, **CLOSE)


def their_targets(torch, loss, y):
    return torch.tensor(nn.one_hot(y, 3).astype(float) if loss is BinaryCrossEntropy else y)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("act", ACTIVATIONS.values(), ids=ACTIVATIONS)
def test_deep_network(torch, act, loss):
    network = Network(mlp([4, 7, 6, 3], act, rng=2, dtype=np.float64), loss())
    X, y = numbers(8, 4), targets(loss, 8, 3)
    forward, parameters = theirs(torch, network.layers)
    their_X = leaf(torch, X)
    their_loss = THEIR_LOSSES[loss](torch, forward(their_X), their_targets(torch, loss, y))
    their_loss.backward()
    np.testing.assert_allclose(network.loss_and_gradients(X, y), their_loss.item(), **CLOSE)
    for name, their in zip(network.parameters.names, parameters):
        np.testing.assert_allclose(network.parameters.grad(name), their.grad, err_msg=name, **CLOSE)
    np.testing.assert_allclose(network.backward(network.loss.backward(), input_gradient=True), their_X.grad, **CLOSE)


OPTIMIZERS = {
    "SGD": (lambda: SGD(0.1), lambda t, p: t.optim.SGD(p, 0.1)),
    "momentum": (lambda: SGD(0.1, momentum=0.9), lambda t, p: t.optim.SGD(p, 0.1, momentum=0.9)),
    "decay": (lambda: SGD(0.1, momentum=0.5, weight_decay=0.05), lambda t, p: t.optim.SGD(p, 0.1, momentum=0.5, weight_decay=0.05)),
    "RMSProp": (lambda: RMSProp(0.01), lambda t, p: t.optim.RMSprop(p, 0.01, alpha=0.99, eps=1e-8)),
    "RMSProp, other": (lambda: RMSProp(0.01, decay=0.8, epsilon=1e-3), lambda t, p: t.optim.RMSprop(p, 0.01, alpha=0.8, eps=1e-3)),
    "Adam": (lambda: Adam(0.01), lambda t, p: t.optim.Adam(p, 0.01)),
    "Adam, other": (lambda: Adam(0.01, 0.7, 0.9, 1e-3), lambda t, p: t.optim.Adam(p, 0.01, betas=(0.7, 0.9), eps=1e-3)),
    "AdamW": (lambda: AdamW(0.01), lambda t, p: t.optim.AdamW(p, 0.01)),
    "AdamW, other": (
        lambda: AdamW(0.01, 0.7, 0.9, 1e-3, weight_decay=0.5),
        lambda t, p: t.optim.AdamW(p, 0.01, betas=(0.7, 0.9), eps=1e-3, weight_decay=0.5),
    ),
}


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("ours, their", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_ten_steps(torch, ours, their, loss):
    network = Network(mlp([4, 6, 3], "Tanh", rng=2, dtype=np.float64), loss())
    X, y, start = numbers(9, 4), targets(loss, 9, 3), network.parameters.values.copy()
    forward, parameters = theirs(torch, network.layers)
    optimizer, their_optimizer, Y = ours(), their(torch, parameters), their_targets(torch, loss, y)
    for _ in range(10):
        network.loss_and_gradients(X, y)
        optimizer.step(network.parameters)
        their_optimizer.zero_grad()
        THEIR_LOSSES[loss](torch, forward(torch.tensor(X)), Y).backward()
        their_optimizer.step()
    for name, their in zip(network.parameters.names, parameters):
        np.testing.assert_allclose(network.parameters[name], their.detach(), rtol=1e-8, atol=1e-10, err_msg=name)
    assert abs(network.parameters.values - start).max() > 0.01


@pytest.mark.parametrize(
    "ours, their",
    [
        (nn.step_decay(0.8, every=3, factor=0.3), lambda s, o: s.StepLR(o, step_size=3, gamma=0.3)),
        (nn.cosine(0.8, steps=12), lambda s, o: s.CosineAnnealingLR(o, T_max=12)),
        (nn.warmup(nn.constant(0.8), steps=5), lambda s, o: s.LinearLR(o, start_factor=1 / 5, total_iters=4)),
    ],
)
def test_schedule(torch, ours, their):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.8)
    scheduler = their(torch.optim.lr_scheduler, optimizer)
    for step in range(12):
        assert ours(step) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-10, abs=1e-12)
        optimizer.step()
        scheduler.step()
