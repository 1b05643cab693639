"""Images beside each other, drawn into, and in files; and what `import tinytorch` leaves alone."""

import subprocess
import sys

import pytest
from PIL import Image

import tinytorch as torch
from tinytorch.vision import io, utils


def test_a_grid_has_rows_and_borders():
    images = torch.arange(1.0, 4.0).view(3, 1, 1, 1).expand(3, 1, 1, 2)
    grid = utils.make_grid(images, nrow=2, padding=1, pad_value=9)
    assert grid.shape == (3, 5, 7) and torch.equal(grid[0], grid[2])
    line, one, two = [9] * 7, [9, 1, 1, 9, 2, 2, 9], [9, 3, 3, 9, 9, 9, 9]
    assert grid[0].tolist() == [line, one, line, two, line]


def test_a_grid_can_be_scaled():
    images = torch.tensor([[0.0, 1.0], [2.0, 4.0]]).view(2, 1, 1, 2)
    whole = utils.make_grid(images, padding=0, normalize=True)[0]
    assert whole.tolist() == [[0.0, 0.25, 0.5, 1.0]]
    assert utils.make_grid(list(images), padding=0, normalize=True, scale_each=True)[0].tolist() == [
        [0.0, 1.0, 0.0, 1.0]
    ]
    assert utils.make_grid(images, padding=0, normalize=True, value_range=(1, 2))[0].tolist() == [[0.0, 0.0, 1.0, 1.0]]
    assert images.flatten().tolist() == [0.0, 1.0, 2.0, 4.0]


def test_one_image_is_its_own_grid():
    assert utils.make_grid(torch.ones(4, 5)).shape == (3, 4, 5)
    assert utils.make_grid(torch.ones(1, 2, 4, 5)).shape == (2, 4, 5)
    with pytest.raises(TypeError, match=r"tensor or list of tensors expected, got a list containing <class 'int'>"):
        utils.make_grid([1])


def test_images_are_saved(tmp_path):
    utils.save_image(torch.tensor([0.0, 0.5, 1.0, 2.0]).view(1, 1, 2, 2), tmp_path / "image.png")
    assert list(Image.open(tmp_path / "image.png").convert("L").tobytes()) == [0, 128, 255, 255]


def test_boxes_are_drawn():
    black = torch.zeros(3, 10, 10, dtype=torch.uint8)
    drawn = utils.draw_bounding_boxes(black, torch.tensor([[1.0, 2.0, 5.0, 6.0]]), colors="red")
    assert drawn[:, 2, 1:6].tolist() == [[255] * 5, [0] * 5, [0] * 5] and drawn[0].sum() == 16 * 255
    floats = utils.draw_bounding_boxes(
        black[:1] / 255, torch.tensor([[1, 2, 5, 6]]), colors=[(0, 255, 0)], labels=["a"]
    )
    assert floats.dtype == torch.float32 and floats.shape == (3, 10, 10) and floats[1].max() == 1.0
    with pytest.raises(ValueError, match=r"Boxes need to be in \(xmin, ymin, xmax, ymax\) format"):
        utils.draw_bounding_boxes(black, torch.tensor([[5.0, 2.0, 1.0, 6.0]]))
    with pytest.warns(UserWarning, match="No box was drawn"):
        utils.draw_bounding_boxes(black, torch.zeros(0, 4))


def test_masks_are_drawn_and_black_where_they_overlap():
    white = torch.full((3, 1, 3), 255, dtype=torch.uint8)
    masks = torch.tensor([[[True, True, False]], [[False, True, False]]])
    drawn = utils.draw_segmentation_masks(white, masks, alpha=1.0, colors=["blue", "red"])
    assert drawn[:, 0].T.tolist() == [[0, 0, 255], [0, 0, 0], [255, 255, 255]]
    with pytest.raises(ValueError, match="must have the same height and width"):
        utils.draw_segmentation_masks(white, masks[:, :, :2])


@pytest.mark.parametrize("channels", [1, 3])
def test_png_files_keep_all_values(tmp_path, channels):
    image = (torch.arange(channels * 20) * 11 % 256).to(torch.uint8).view(channels, 4, 5)
    io.write_png(image, tmp_path / "image.png")
    assert torch.equal(io.read_image(tmp_path / "image.png"), image)
    assert torch.equal(io.decode_png(io.read_file(tmp_path / "image.png")), image)
    assert io.read_image(tmp_path / "image.png", io.ImageReadMode.RGB_ALPHA).shape == (4, 4, 5)
    assert io.read_image(tmp_path / "image.png", "gray").shape == (1, 4, 5)


def test_jpeg_files_keep_about_all(tmp_path):
    image = torch.full((3, 16, 16), 90, dtype=torch.uint8)
    io.write_jpeg(image, str(tmp_path / "image.jpg"), quality=95)
    assert (io.read_image(tmp_path / "image.jpg").int() - 90).abs().max() <= 2
    assert len(io.decode_jpeg(io.encode_jpeg([image, image]))) == 2
    with pytest.raises(ValueError, match="Image quality should be a positive number between 1 and 100"):
        io.encode_jpeg(image, quality=0)
    with pytest.raises(RuntimeError, match=r"Input tensor dtype should be uint8, got torch\.float32"):
        io.encode_png(image / 255)


def test_bytes_that_are_no_image_are_refused(tmp_path):
    (tmp_path / "text").write_text("no image")
    with pytest.raises(RuntimeError, match="no image of a known kind"):
        io.read_image(tmp_path / "text")


def test_the_package_and_pillow_are_imported_at_first_use():
    program = (
        "import sys, tinytorch; assert 'tinytorch.vision' not in sys.modules; import tinytorch.vision; "
        "assert not [name for name in sys.modules if name.split('.')[0] == 'PIL']; "
        "from tinytorch.vision import datasets, models, transforms, utils; "
        "print(tinytorch.vision.get_image_backend(), models.resnet.ResNet.__name__, datasets.mnist.MNIST.__name__)"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["PIL", "ResNet", "MNIST"]
