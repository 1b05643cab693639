"""Points for TensorBoard's projector: files of numbers, labels and pictures, and the list of them."""

import os

from tensorboard.plugins.projector.projector_config_pb2 import EmbeddingInfo

from tinytorch.utils.tensorboard.summary import make_np, sprite


def write_embedding(folder, place, mat, metadata, metadata_header, label_img, global_step, tag):
    """Write the points and what belongs to them into a folder; how the projector finds them."""
    info = EmbeddingInfo()
    info.tensor_name = f"{tag}:{str(global_step).zfill(5)}"
    info.tensor_path = f"{place}/tensors.tsv"
    if metadata is not None:
        if len(mat) != len(metadata):
            raise AssertionError("#labels should equal with #data points")
        write_metadata(os.path.join(folder, "metadata.tsv"), metadata, metadata_header)
        info.metadata_path = f"{place}/metadata.tsv"
    if label_img is not None:
        if len(mat) != label_img.shape[0]:
            raise AssertionError("#images should equal with #data points")
        with open(os.path.join(folder, "sprite.png"), "wb") as file:
            file.write(sprite(make_np(label_img)))
        info.sprite.image_path = f"{place}/sprite.png"
        info.sprite.single_image_dim.extend([label_img.shape[3], label_img.shape[2]])
    if mat.ndim != 2:
        raise AssertionError("mat should be 2D, where mat.size(0) is the number of data points")
    with open(os.path.join(folder, "tensors.tsv"), "w", encoding="utf-8", newline="") as file:
        file.writelines("\t".join(map(str, row)) + "\n" for row in mat.tolist())
    return info


def write_metadata(path, metadata, header):
    """A line of labels for each point, below a header if there is one."""
    lines = metadata
    if header:
        if len(header) != len(metadata[0]):
            raise AssertionError("len of header must be equal to the number of columns in metadata")
        lines = ["\t".join(map(str, row)) for row in [header, *metadata]]
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write("\n".join(map(str, lines)) + "\n")
