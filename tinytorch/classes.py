"""torch.classes: the names of classes in other compiled libraries, which tinytorch does not load."""

from tinytorch import absent

absent.stand_ins(__name__, "classes of compiled libraries", "load_library")
