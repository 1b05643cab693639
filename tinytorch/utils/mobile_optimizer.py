"""torch.utils.mobile_optimizer: the name of a step towards phones, which tinytorch has not."""

from tinytorch import absent

absent.stand_ins(__name__, "compiled programs", "optimize_for_mobile")
