/** PyTorch and ONNX's Gemm may store a matrix as [out, in]; chainrule's are [in, out]. */
import { type Tensor, tensor } from '../base/tensor.ts';

/** The transpose of a matrix; any other tensor unchanged. */
export function transposed(given: Tensor): Tensor {
  const { shape, data } = given;
  if (shape.length !== 2) return given;
  const [rows, columns] = shape;
  return tensor(
    [columns, rows],
    Float64Array.from({ length: rows * columns }, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]),
  );
}
