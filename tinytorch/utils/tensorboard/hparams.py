"""The settings of a run and what came of them, as TensorBoard's table of hyperparameters reads them."""

from google.protobuf import struct_pb2
from tensorboard.plugins.hparams.api_pb2 import DataType, Experiment, HParamInfo, MetricInfo, MetricName, Status
from tensorboard.plugins.hparams.metadata import (
    EXPERIMENT_TAG,
    PLUGIN_DATA_VERSION,
    PLUGIN_NAME,
    SESSION_END_INFO_TAG,
    SESSION_START_INFO_TAG,
)
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData, SessionEndInfo, SessionStartInfo

from tinytorch.tensor import Tensor
from tinytorch.utils.tensorboard.summary import make_np, value


def hparams(hparam_dict=None, metric_dict=None, hparam_domain_discrete=None):
    """Three summaries: what is compared, how the run began and how it ended.

    A TypeError for choices that do not fit; a ValueError for a value of another kind.
    """
    choices = hparam_domain_discrete or {}
    check_choices(choices, hparam_dict)
    start, infos = SessionStartInfo(), []
    for name, each in hparam_dict.items():
        if each is not None:
            infos.append(entered(start.hparams[name], name, each, choices.get(name)))
    metrics = [MetricInfo(name=MetricName(tag=name)) for name in metric_dict]
    return (
        plugin(EXPERIMENT_TAG, experiment=Experiment(hparam_infos=infos, metric_infos=metrics)),
        plugin(SESSION_START_INFO_TAG, session_start_info=start),
        plugin(SESSION_END_INFO_TAG, session_end_info=SessionEndInfo(status=Status.Value("STATUS_SUCCESS"))),
    )


def plugin(tag, **content):
    """A summary for the table."""
    return value(tag, PLUGIN_NAME, HParamsPluginData(version=PLUGIN_DATA_VERSION, **content).SerializeToString())


def check_choices(choices, settings):
    """Refuse lists of choices that do not belong to a setting."""
    if not isinstance(choices, dict):
        raise TypeError("parameter: hparam_domain_discrete should be a dictionary, nothing logged.")
    for name, listed in choices.items():
        fits = name in settings and isinstance(listed, list)
        if not fits or not all(isinstance(each, type(settings[name])) for each in listed):
            raise TypeError(
                f"parameter: hparam_domain_discrete[{name}] should be a list of same type as hparam_dict[{name}]."
            )


def entered(target, name, each, choices):
    """Write a setting into its place; what the table has to know of it."""
    if isinstance(each, (int, float)):  # also a bool, as in PyTorch
        kind, field = "DATA_TYPE_FLOAT64", "number_value"
    elif isinstance(each, str):
        kind, field = "DATA_TYPE_STRING", "string_value"
    elif isinstance(each, Tensor):
        kind, field, each, choices = "DATA_TYPE_FLOAT64", "number_value", make_np(each)[0], None
    else:
        raise ValueError("value should be one of int, float, str, bool, or torch.Tensor")
    setattr(target, field, each)
    listed = choices and struct_pb2.ListValue(values=[struct_pb2.Value(**{field: choice}) for choice in choices])
    return HParamInfo(name=name, type=DataType.Value(kind), domain_discrete=listed or None)
