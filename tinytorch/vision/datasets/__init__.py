"""torchvision.datasets: images that others collected, pictures in folders, and drawn ones."""

from tinytorch.vision.datasets import utils
from tinytorch.vision.datasets.cifar import CIFAR10, CIFAR100
from tinytorch.vision.datasets.fakedata import FakeData
from tinytorch.vision.datasets.folder import DatasetFolder, ImageFolder
from tinytorch.vision.datasets.mnist import EMNIST, KMNIST, MNIST, FashionMNIST
from tinytorch.vision.datasets.svhn import SVHN
from tinytorch.vision.datasets.vision import VisionDataset
