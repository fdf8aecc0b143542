/** `chainrule/formats`: models and tensors in the file formats of other tools. */

export { fromNpy, toNpy, toNpz } from './npy.ts';
export { type ExternalData, type FromOnnxOptions, fromOnnx, type ReadModel } from './onnx/read.ts';
export { toOnnx } from './onnx/write.ts';
export { toPyTorch } from './pytorch.ts';
export { fromSafetensors, type SafetensorsFile, toSafetensors } from './safetensors.ts';
export { fromStateDict, type StateDictOptions } from './state-dict.ts';
export { type ModelToWrite, toTypeScript } from './typescript/write.ts';
