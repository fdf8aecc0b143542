/** `chainrule/formats`: models and tensors in the files of others. */
export { fromSafetensors, type SafetensorsFile, toSafetensors } from './safetensors.ts';
export { type ModelToWrite, toTypeScript } from './typescript.ts';
