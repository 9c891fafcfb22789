"""Modules of PyTorch against its own counts; where torch is not installed, as in the default run, they are skipped."""

from __future__ import annotations

import pytest

from convcost import ConvcostError, from_torch
from convcost.importers.torch_.factory import made
from convcost.verify import verify

torch = pytest.importorskip("torch", reason="torch is no dependency of the tests; see tests/peers")
pytestmark = pytest.mark.filterwarnings("ignore")

from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402, N812 - as everybody calls it
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402


class Call(nn.Module):
    """A function of a tensor and of parameters."""

    def __init__(self, function, *shapes):
        super().__init__()
        self.function = function
        self.parameters_ = nn.ParameterList(nn.Parameter(torch.rand(shape)) for shape in shapes)

    def forward(self, *inputs):
        return self.function(*inputs, *self.parameters_)


def windows(x):
    """Attention in windows, as Swin has it: images of a batch are folded into it."""
    n, c, h, w = x.shape
    x = x.permute(0, 2, 3, 1).view(n, h // 3, 3, w // 2, 2, c).permute(0, 1, 3, 2, 4, 5).reshape(-1, 6, c)
    x = torch.roll(x, (1, -2), (1, 2))
    x = torch.softmax(x @ x.transpose(-2, -1), -1) @ x
    x = x.view(n, h // 3, w // 2, 3, 2, c).permute(0, 1, 3, 2, 4, 5)
    return x.reshape(n, h, w, c).permute(0, 3, 1, 2)


def frames(x, weight):
    """A convolution of images that are folded into the batch."""
    n, t, c, h, w = x.shape
    return F.conv2d(x.reshape(n * t, c, h, w), weight, stride=2, padding=(1, 0)).view(n, t, 4, 3, 2)


def rows_written(x):
    y = x * 2
    y[:, 1:, 2:4] += 1
    y[:, 0] = 3
    return y.relu()


def causal(q):
    return F.scaled_dot_product_attention(q, q, q, is_causal=True)


class Recurrent(nn.Module):
    def __init__(self, kind, **arguments):
        super().__init__()
        self.inner = kind(5, 3, **arguments)

    def forward(self, x):
        return self.inner(x)[0]


IMAGE, TOKENS = (3, 7, 5), (11, 6)

MODULES = {
    "conv_awkward": (nn.Conv2d(4, 6, (3, 5), (2, 3), (1, 2), (2, 1), 2), (4, 11, 17)),
    "conv_same": (nn.Conv2d(3, 5, (2, 4), padding="same", bias=False), IMAGE),
    "conv_depthwise": (nn.Conv2d(3, 6, 3, groups=3), IMAGE),
    "conv_1d": (nn.Conv1d(6, 4, 3, 2, 1), (6, 11)),
    "conv_3d": (nn.Conv3d(2, 3, (1, 2, 3)), (2, 3, 5, 7)),
    "conv_transpose": (nn.ConvTranspose2d(3, 4, (3, 2), (2, 3), (1, 0), (1, 2), bias=True, dilation=(1, 2)), IMAGE),
    "conv_transpose_grouped": (nn.ConvTranspose2d(4, 6, 3, groups=2, bias=False), (4, 5, 7)),
    "conv_folded": (Call(frames, (4, 3, 3, 2)), (2, 3, 5, 5)),
    "linear": (nn.Linear(6, 4, bias=False), TOKENS),
    "bilinear_matmul": (Call(lambda x, w: x @ w, (6, 4)), TOKENS),
    "matrix_rows": (Call(lambda x, w: x.transpose(0, 1) @ w[:, :, :2], (11, 6, 4)), TOKENS),
    "vector_times_matrix": (Call(lambda x, w: torch.mm(x, w.t().sigmoid()), (4, 6)), (6,)),
    "addmm": (Call(lambda x, w, b: torch.addmm(b, x, w), (6, 4), (4,)), (6,)),
    "einsum": (Call(lambda x: torch.einsum("nik,njk->nij", x, x)), TOKENS),
    "einsum_folded": (Call(lambda x: torch.einsum("nik,njk->nij", x.reshape(-1, 3, 5), x.reshape(-1, 3, 5))), (4, 3, 5)),
    "norms": (nn.Sequential(nn.BatchNorm2d(3), nn.GroupNorm(3, 3), nn.InstanceNorm2d(3), nn.BatchNorm2d(3, affine=False)), IMAGE),
    "layer_norms": (nn.Sequential(nn.LayerNorm(6), nn.LayerNorm((11, 6), elementwise_affine=False), nn.LayerNorm(6, bias=False)), TOKENS),
    "rms_norm": (nn.RMSNorm(6), TOKENS),
    "batch_norm_of_vectors": (nn.BatchNorm1d(6), (6,)),
    "pools": (nn.Sequential(nn.MaxPool2d(3, 2, 1, ceil_mode=True), nn.AvgPool2d(2, 1, 1), nn.AvgPool2d(2, 1, 1, count_include_pad=False)), IMAGE),
    "adaptive_pools": (nn.Sequential(nn.AdaptiveAvgPool2d((4, 3)), nn.AdaptiveMaxPool2d(2), nn.AdaptiveAvgPool2d(1)), IMAGE),
    "upsampled": (nn.Sequential(nn.Upsample(scale_factor=2), nn.Upsample(scale_factor=2, mode="bilinear"), nn.Upsample((17, 9), mode="bilinear", align_corners=True), nn.Upsample((20, 13), mode="bicubic")), IMAGE),
    "padded": (nn.Sequential(nn.ReflectionPad2d((1, 2, 3, 0)), nn.ReplicationPad2d(1), nn.ZeroPad2d((0, 1, 2, 0))), IMAGE),
    "padded_everywhere": (Call(lambda x: F.pad(x, (0, 0, 1, 2, 3, 1))), IMAGE),
    "shuffled": (nn.Sequential(nn.PixelShuffle(2), nn.PixelUnshuffle(2), nn.ChannelShuffle(2)), (8, 3, 5)),
    "activations": (nn.Sequential(nn.ReLU(), nn.ReLU6(), nn.LeakyReLU(0.2), nn.PReLU(), nn.PReLU(3), nn.Sigmoid(), nn.Hardsigmoid(), nn.SiLU(), nn.Hardswish(), nn.GELU(), nn.GELU("tanh"), nn.Tanh(), nn.Mish(), nn.SELU(), nn.CELU(0.5), nn.ELU(0.5), nn.Softplus(), nn.LogSigmoid(), nn.Hardtanh(-2, 3), nn.Softsign()), IMAGE),
    "softmaxes": (nn.Sequential(nn.Softmax(1), nn.LogSoftmax(-1), nn.GLU(2)), (3, 8, 5)),
    "arithmetic": (Call(lambda x, p: ((x + p) * 3 - 1) / 4 + (2 - x) * p.unsqueeze(0) + x**2 + x.abs().sqrt() ** 3 - p / (x.exp() + 1), (3, 1, 5)), IMAGE),
    "layer_scale": (Call(lambda x, p: x * p, (3, 1, 1)), IMAGE),
    "compared": (Call(lambda x: torch.where(x > 0.5, x, torch.maximum(x, -x)).masked_fill(x < 0, 0.0).clamp(min=-1)), IMAGE),
    "reduced": (Call(lambda x: x.mean((2, 3)) + x.amax((-1, -2)) + x.sum(-1).sum(-1) + x.norm(dim=(2, 3)) + x.var((2, 3)) + x.logsumexp((2, 3)) + x.max(2).values.min(2).values), IMAGE),
    "normalised": (Call(lambda x: F.normalize(x, dim=1)), IMAGE),
    "chosen": (Call(lambda x: torch.cat([x[:, ::2], x.chunk(2, 1)[1], x.flip(1)[:, -1:], torch.stack(x.unbind(1)[:2], 1)], 1)), IMAGE),
    "indexed": (Call(lambda x: x[:, [2, 0, 0]][:, :, torch.tensor([1, 3])]), IMAGE),
    "table": (Call(lambda x, t: x + t[torch.arange(35).view(7, 5) % 4].permute(2, 0, 1), (4, 3)), IMAGE),
    "long_table": (Call(lambda x, t: x + t[torch.arange(99).view(9, 11) % 4].permute(2, 0, 1), (4, 3)), (3, 9, 11)),
    "token": (Call(lambda x, t: torch.cat([t.expand(x.shape[0], -1, -1), x], 1), (1, 1, 6)), TOKENS),
    "repeated_token": (Call(lambda x, t: torch.cat([t.repeat(x.shape[0], 2, 1), x], 1), (1, 1, 6)), TOKENS),
    "zeros_beside": (Call(lambda x: torch.cat([x, x.new_zeros(x.shape[0], 2, 7, 5)], 1)), IMAGE),
    "repeats": (Call(lambda x: x.repeat(1, 2, 1, 3).repeat_interleave(2, 1).unsqueeze(1).expand(-1, 4, -1, -1, -1)), IMAGE),
    "moved": (Call(lambda x: x.movedim(1, -1).swapaxes(1, 2).squeeze(1).flatten(1, 2).unflatten(1, (5, 7)).transpose(1, 2)), IMAGE),
    "windows": (Call(windows), (4, 6, 8)),
    "written": (Call(rows_written), IMAGE),
    "attention": (nn.MultiheadAttention(6, 2, batch_first=True), None),
    "attention_of_sequences": (nn.MultiheadAttention(6, 3), None),
    "causal": (Call(causal), (2, 5, 3)),
    "transformer": (nn.TransformerEncoderLayer(6, 2, 13, batch_first=True), TOKENS),
    "lstm": (Recurrent(nn.LSTM, num_layers=2, bidirectional=True, batch_first=True), (7, 5)),
    "gru": (Recurrent(nn.GRU, bias=False, batch_first=True), (7, 5)),
    "dropped": (nn.Sequential(nn.Dropout(0.25), nn.Flatten(), nn.Linear(105, 2)), IMAGE),
}  # fmt: skip


def attended(module):
    if isinstance(module, nn.MultiheadAttention):
        if module.batch_first:
            return Call(lambda x: module(x, x, x, need_weights=False)[0]), TOKENS
        return Call(
            lambda x: module(x.transpose(0, 1), x.transpose(0, 1), x.transpose(0, 1))[0].transpose(0, 1)
        ), TOKENS
    return None


@pytest.mark.parametrize("case", MODULES)
def test_parameters_and_mult_adds_are_those_of_pytorch(case):
    module, shape = MODULES[case]
    if shape is None:
        inner = module
        module, shape = attended(inner)
        module.inner = inner
    model = from_torch(module.eval(), shape)
    analysis = model.analyze()
    counter = FlopCounterMode(display=False)
    bare = module.to("meta")
    with counter:
        bare(torch.empty(1, *shape, device="meta"))
    assert analysis.total("params") == sum(p.numel() for p in module.parameters())
    if case not in {"lstm", "gru"}:  # flop_counter knows no recurrent layers
        assert 2 * analysis.total("mult_adds") == counter.get_total_flops()
    assert verify(model.graph).verdict.name == "PASS"


class Shared(nn.Module):
    """One head on two levels, and a branch for training alone."""

    def __init__(self):
        super().__init__()
        self.head = nn.Conv2d(3, 1, 3)
        self.auxiliary = nn.Linear(5, 5)

    def forward(self, x):
        return {"fine": self.head(x), "coarse": self.head(F.max_pool2d(x, 2))}


def test_a_module_called_twice_stores_its_parameters_once():
    model = from_torch(Shared(), (3, 12, 10))
    assert model.analyze().total("params") == 28
    assert model.analyze().total("mult_adds") == 27 * (10 * 8 + 4 * 3)
    assert "without 30 parameters that inference does not use: auxiliary" in model.architecture.source
    assert verify(model.graph).verdict.name == "PASS"


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Conv2d(4, 4, 1, bias=False), nn.Linear(4, 4, bias=False)
        self.second.weight = nn.Parameter(self.first.weight.detach().view(4, 4))
        self.weight = nn.Parameter(torch.rand(4, 4))

    def forward(self, x):
        return F.linear(F.conv2d(x, self.weight.view(4, 4, 1, 1)).flatten(2).transpose(1, 2), self.weight)


REFUSED = {
    "mixed": (Call(lambda x: torch.softmax(x, 0)), "E716 the module (aten.softmax.int): it works along axis 0, which holds the batch, and would mix samples"),
    "unknown": (Call(lambda x: torch.erfinv(x) + torch.cdist(x, x).sum()), "E731 2 operators without a rule: aten.erfinv.default (in the module), aten.cdist.default (in the module) (--allow-unknown reports the rest)"),
    "refused": (nn.Conv2d(4, 3, 3), "E738 the module cannot be run on 3×7×5: RuntimeError: Given groups=1, weight of size [3, 4, 3, 3], expected input[N, 3, 7, 5] to have 4 channels, but got 3 channels instead (a shape is that of one sample: 3,224,224)"),
    "values": (Call(lambda x: x if x.sum() > 0 else -x), "E739 what the module does depends on the values of its input: Could not guard on data-dependent expression Eq(u0, 1) (unhinted: Eq(u0, 1)). (Size-like symbols: none) (import the part of it that does not: a backbone, a head)"),
    "nothing": (Call(lambda x: torch.ones(3)), "E740 the module returns nothing that depends on its input"),
    "tied": (Tied(), None),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_imported_is_refused(case):
    module, message = REFUSED[case]
    shape = (4, 7, 5) if case == "tied" else IMAGE
    with pytest.raises(ConvcostError) as caught:
        from_torch(module, shape)
    if message is None:
        message = "E745 weight is stored by conv2d and by linear, which are other ops"
    assert str(caught.value) == message


def test_what_a_factory_makes_takes_no_memory():
    def factory():
        return nn.Sequential(nn.Linear(1 << 20, 1 << 20, bias=False), nn.BatchNorm1d(1 << 20))

    module = made(factory, "factory", {})
    assert {parameter.device.type for parameter in module.parameters()} == {"meta"}
    assert from_torch(module, (1 << 20,)).analyze().total("params") == (1 << 40) + (1 << 21)


def test_a_factory_that_runs_what_it_makes_is_called_as_it_is():
    def factory():
        stem = nn.Conv2d(3, 4, 3)
        return nn.Sequential(stem, nn.Flatten(), nn.Linear(stem(torch.zeros(1, 3, 7, 5)).numel(), 2))

    assert from_torch(made(factory, "factory", {}), IMAGE).analyze().total("params") == 112 + 60 * 2 + 2
