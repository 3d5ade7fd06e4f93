"""Optimizers: how gradients become steps; the only room where a parameter changes."""

import numpy as np


def sgd(rate):
    def update(parameters, gradients):
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter -= rate * gradient
    return update


def momentum(rate, decay=0.9):
    velocities = []

    def update(parameters, gradients):
        if not velocities:
            velocities.extend(np.zeros_like(parameter) for parameter in parameters)
        for parameter, gradient, velocity in zip(parameters, gradients, velocities, strict=True):
            velocity *= decay
            velocity -= rate * gradient
            parameter += velocity
    return update


def adam(rate, decay=0.9, square_decay=0.999, epsilon=1e-8):
    means, squares, steps = [], [], 0

    def update(parameters, gradients):
        nonlocal steps
        steps += 1
        if not means:
            means.extend(np.zeros_like(parameter) for parameter in parameters)
            squares.extend(np.zeros_like(parameter) for parameter in parameters)
        for parameter, gradient, mean, square in zip(parameters, gradients, means, squares, strict=True):
            mean += (1 - decay) * (gradient - mean)
            square += (1 - square_decay) * (gradient**2 - square)
            parameter -= rate * (mean / (1 - decay**steps)) / (np.sqrt(square / (1 - square_decay**steps)) + epsilon)
    return update
