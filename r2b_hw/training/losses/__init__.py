"""Losses of a stage: cross-entropy, attention matching, logit matching, and their weighted sum."""

from r2b_hw.training.losses.attention import attention_loss
from r2b_hw.training.losses.logits import logit_loss
from r2b_hw.training.losses.stage_loss import Targets, stage_loss

__all__ = ["Targets", "attention_loss", "logit_loss", "stage_loss"]
