"""torch.package: the names of archives with code in them, which tinytorch has not."""

from tinytorch import absent

absent.stand_ins(__name__, "archives of code (torch.package)", "PackageExporter PackageImporter EmptyMatchError")
