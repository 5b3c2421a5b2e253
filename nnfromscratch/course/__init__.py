"""What the pages of the course need in addition to the package: checks that name the mistake, quizzes, and numbers quoted in sentences."""

from .feedback import expect, expect_between
from .mistakes import (
    accuracy_mistakes,
    binary_cross_entropy_mistakes,
    confusion_matrix_mistakes,
    convolution_mistakes,
    cross_entropy_gradient_mistakes,
    cross_entropy_mistakes,
    d_relu_mistakes,
    d_sigmoid_mistakes,
    d_tanh_mistakes,
    image_gradient_mistakes,
    kernel_gradient_mistakes,
    linear_backward_mistakes,
    linear_mistakes,
    loss_gradient_mistakes,
    neuron_mistakes,
    prediction_mistakes,
    softmax_backward_mistakes,
    softmax_mistakes,
    squared_error_mistakes,
    sum_to_mistakes,
    tape_backward_mistakes,
    update_mistakes,
)
from .pages import book_file, quote, saved
from .quiz import quiz_parts, show_quiz

__all__ = [
    "accuracy_mistakes", "binary_cross_entropy_mistakes", "book_file", "confusion_matrix_mistakes", "convolution_mistakes",
    "cross_entropy_gradient_mistakes", "cross_entropy_mistakes", "d_relu_mistakes", "d_sigmoid_mistakes", "d_tanh_mistakes", "expect",
    "expect_between", "image_gradient_mistakes", "kernel_gradient_mistakes", "linear_backward_mistakes", "linear_mistakes",
    "loss_gradient_mistakes", "neuron_mistakes", "prediction_mistakes", "quiz_parts", "quote", "saved", "show_quiz",
    "softmax_backward_mistakes", "softmax_mistakes", "squared_error_mistakes", "sum_to_mistakes", "tape_backward_mistakes",
    "update_mistakes",
]  # fmt: skip
