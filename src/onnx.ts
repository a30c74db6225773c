// ONNX files, written and read: the entry point `unrolled/onnx`. It stands apart from the others, since it alone needs a package, which knows protobuf.

export { type OnnxFile, type OnnxOptions, packOnnx } from './formats/onnx/export-onnx.ts';
export { importOnnx, type OnnxImportOptions } from './formats/onnx/import-onnx.ts';
export type { Precision } from './formats/precision.ts';
export type { Inference } from './formats/pytorch/infer.ts';
