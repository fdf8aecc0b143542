"""Networks as PyTorch and others export them, with what they compute: writes networks/*.

    pip install "torch==2.13.*" onnx onnxscript safetensors && python networks.py
"""
import json
from pathlib import Path
import torch
from torch import nn

folder = Path(__file__).parent / "networks"
folder.mkdir(exist_ok=True)
torch.manual_seed(1)
nets = {
    "relu": nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Dropout(0.2), nn.Linear(4, 2)),
    "classes": nn.Sequential(nn.Linear(3, 5, bias=False), nn.Tanh(), nn.Linear(5, 4), nn.ELU(0.7), nn.Linear(4, 3), nn.Softmax(dim=1)),
    "leaky": nn.Sequential(nn.Linear(3, 4), nn.LeakyReLU(0.2), nn.Linear(4, 1), nn.Sigmoid()),
    "gelu": nn.Sequential(nn.Linear(3, 4), nn.GELU(), nn.Linear(4, 1)),
}
x = torch.randn(5, 3)
document = {"inputs": x.tolist()}
for name, net in nets.items():
    net.eval()
    torch.onnx.export(net, (x,), str(folder / f"{name}.onnx"), dynamo=False, opset_version=20 if name == "gelu" else 17, input_names=["x"], dynamic_axes={"x": {0: "n"}})
    document[name] = net(x).tolist()
(folder / "outputs.json").write_text(json.dumps(document) + "\n")

# a state_dict, as safetensors writes it
from safetensors.torch import save_file

state = {name: tensor.contiguous() for name, tensor in nets["classes"].state_dict().items()}
save_file(state, folder / "classes.safetensors")
save_file({name: tensor.to(torch.bfloat16) for name, tensor in state.items()}, folder / "bfloat16.safetensors")
save_file({name: tensor.half() for name, tensor in state.items()}, folder / "float16.safetensors")
