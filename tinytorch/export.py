"""torch.export: the names of exported programs, which tinytorch has not."""

from tinytorch import absent

absent.stand_ins(
    __name__,
    "graphs of programs (torch.export): save the state_dict and make the module again",
    "export save load register_dataclass export_for_training draft_export unflatten ExportedProgram Dim",
)
