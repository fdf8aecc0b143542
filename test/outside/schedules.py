"""Learning rates, epoch by epoch, by PyTorch's schedulers: writes schedules.json.

    pip install "torch==2.13.*" && python schedules.py

`plateau` is given losses, `plateauRising` scores that are to rise; the rates after each are what it left.
"""

import torch
from torch.optim import lr_scheduler as s

from write import write


def rates(make, steps, losses=None):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler = make(optimizer)
    out = []
    for i in range(steps):
        out.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step(*([losses[i]] if losses else []))
    return out


losses = [1, 0.9, 0.95, 0.9, 0.90001, 0.89999, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.4, 0.39999, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]
# a threshold of 1e-4 of the best: 0.50001 is no better than 0.5
scores = [0.2, 0.5, 0.50001, 0.4, 0.50004, 0.51, 0.51, 0.3, 0.3, 0.3, 0.3, 0.9, 0.9, 0.8, 0.7, 0.6, 0.6, 0.6, 0.6, 0.6]

write(
    __file__,
    {
        "step": {"options": {"stepSize": 4, "gamma": 0.3}, "rates": rates(lambda o: s.StepLR(o, 4, 0.3), 12)},
        "exponential": {"options": {"gamma": 0.8}, "rates": rates(lambda o: s.ExponentialLR(o, 0.8), 12)},
        "cosine": {
            "options": {"epochs": 12, "minRate": 0.001},
            "rates": rates(lambda o: s.CosineAnnealingLR(o, 12, 0.001), 12),
        },
        "linear": {
            "options": {"epochs": 8, "endFactor": 0.25},
            "rates": rates(lambda o: s.LinearLR(o, 1, 0.25, 8), 12),
        },
        "oneCycle": {
            "options": {"epochs": 20, "pctStart": 0.35, "divFactor": 10, "finalDivFactor": 100},
            "rates": rates(
                lambda o: s.OneCycleLR(
                    o, 0.1, total_steps=20, pct_start=0.35, div_factor=10, final_div_factor=100, cycle_momentum=False
                ),
                20,
            ),
        },
        "plateau": {
            "options": {"factor": 0.5, "patience": 2, "cooldown": 1, "minRate": 0.02},
            "losses": losses,
            "rates": rates(
                lambda o: s.ReduceLROnPlateau(o, factor=0.5, patience=2, cooldown=1, min_lr=0.02), len(losses), losses
            ),
        },
        "plateauRising": {
            "options": {"factor": 0.5, "patience": 2, "cooldown": 1, "minRate": 0.02},
            "losses": scores,
            "rates": rates(
                lambda o: s.ReduceLROnPlateau(o, mode="max", factor=0.5, patience=2, cooldown=1, min_lr=0.02),
                len(scores),
                scores,
            ),
        },
    },
)
