"""state_dicts of PyTorch in safetensors, and a model with external data, with what PyTorch computes: writes networks/*.

    pip install "torch==2.13.*" onnx onnxscript safetensors && python state_dicts.py
"""
import json
from pathlib import Path
import onnx
import torch
from safetensors.torch import save_file
from torch import nn

folder = Path(__file__).parent / "networks"
torch.manual_seed(7)
x = torch.randn(5, 3)
document = {"inputs": x.tolist()}


def save(name, net):
    net.eval()
    save_file({key: tensor.contiguous() for key, tensor in net.state_dict().items()}, folder / f"{name}.safetensors")
    document[name] = net(x).tolist()


class Named(nn.Module):
    """Modules of these names, in this order, with relu between them."""

    def __init__(self, **modules):
        super().__init__()
        self.order = list(modules)
        for key, module in modules.items():
            setattr(self, key, module)

    def forward(self, x):
        for key in self.order[:-1]:
            x = torch.relu(getattr(self, key)(x))
        return getattr(self, self.order[-1])(x)


def trained(norm):
    """Statistics and weights as after training."""
    with torch.no_grad():
        for tensor in (norm.running_mean, norm.bias):
            if tensor is not None:
                tensor.uniform_(-1, 1)
        for tensor in (norm.running_var, norm.weight):
            if tensor is not None:
                tensor.uniform_(0.5, 2)
    return norm


save("batchNorm", nn.Sequential(nn.Linear(3, 4), trained(nn.BatchNorm1d(4)), nn.ReLU(), nn.Linear(4, 2)))
save("batchNormFirst", nn.Sequential(trained(nn.BatchNorm1d(3)), nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)))
save("batchNormPlain", nn.Sequential(nn.Linear(3, 4), trained(nn.BatchNorm1d(4, affine=False)), nn.ReLU(), nn.Linear(4, 2)))
save("sameShapes", Named(inp=nn.Linear(3, 3), hidden=nn.Linear(3, 3), out=nn.Linear(3, 1)))
save("oneOrder", Named(inp=nn.Linear(3, 4), hidden=nn.Linear(4, 5), out=nn.Linear(5, 2)))
save("numbered", Named(fc2=nn.Linear(3, 3), fc10=nn.Linear(3, 3), head=nn.Linear(3, 1)))

# The numbers of tensors of 1 kB and more are in wide.onnx.data.
net = nn.Sequential(nn.Linear(16, 40), nn.SiLU(), nn.Linear(40, 2)).eval()
rows = torch.randn(3, 16)
torch.onnx.export(net, (rows,), str(folder / "wide.onnx"), dynamo=True, verbose=False)
# without the lines of this script, which the exporter notes at each node
model = onnx.load(folder / "wide.onnx", load_external_data=False)
del model.metadata_props[:], model.graph.metadata_props[:]
for each in (*model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output):
    del each.metadata_props[:]
(folder / "wide.onnx").write_bytes(model.SerializeToString())
document["wide"] = {"inputs": rows.tolist(), "outputs": net(rows).tolist()}
(folder / "state-dicts.json").write_text(json.dumps(document) + "\n")
