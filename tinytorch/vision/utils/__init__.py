"""torchvision.utils: images beside each other, in files, and drawn into."""

from tinytorch.vision.utils.drawing import draw_bounding_boxes, draw_segmentation_masks
from tinytorch.vision.utils.grid import make_grid, save_image
