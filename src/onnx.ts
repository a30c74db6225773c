// ONNX files, written and read: the door `unrolled/onnx`. It stands apart from the others, since it alone needs a package, which knows protobuf.

export { importOnnx, type OnnxImportOptions } from './formats/import-onnx.ts';
export type { Inference } from './formats/infer.ts';
export { type OnnxFile, packOnnx } from './formats/onnx.ts';
