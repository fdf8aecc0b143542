/** The worker of the menu "Take away": writes models and programs in the formats of other tools. */
import { load } from 'chainrule';
import { toOnnx } from 'chainrule/formats';
import { messageOf } from '../state/message.ts';
import type { Order, Products } from './protocol.ts';

const makers: { readonly [K in Order['kind']]: (order: Order & { kind: K }) => Promise<Products[K]> } = {
  onnx: async ({ model }) => toOnnx(load(model)),
  pytorch: async (order) => (await import('./pytorch-files.ts')).pytorchFiles(order),
};

addEventListener('message', async ({ data: order }: MessageEvent<Order>) => {
  try {
    postMessage({ product: await (makers[order.kind] as (order: Order) => Promise<unknown>)(order) });
  } catch (error) {
    postMessage({ problem: messageOf(error) });
  }
});
