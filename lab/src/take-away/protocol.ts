/** What the menu and its worker say to each other. */
import type { LabDocument } from '../state/document.ts';

export type Order =
  | { readonly kind: 'onnx'; readonly model: Uint8Array }
  | {
      readonly kind: 'pytorch';
      readonly document: LabDocument;
      readonly tables?: Readonly<Record<string, Blob>>;
    };

export interface Products {
  readonly onnx: Uint8Array;
  /** The text of the program, and an archive of it with its weights and rows. */
  readonly pytorch: { readonly python: string; readonly zip: Uint8Array };
}
