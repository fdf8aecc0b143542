/** The attributes of a node. It knows which were asked for, so that none is passed over. */
import type { Tensor } from '../../base/tensor.ts';
import type { OnnxAttribute, OnnxNode, OnnxTensor } from './schema.ts';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

export class NodeAttributes {
  private readonly given: Map<string, OnnxAttribute>;
  private readonly unused: Set<string>;

  constructor({ attribute }: OnnxNode) {
    this.given = new Map(attribute.map((each) => [each.name, each]));
    this.unused = new Set(this.given.keys());
  }

  private take(name: string): OnnxAttribute | undefined {
    this.unused.delete(name);
    return this.given.get(name);
  }

  has(name: string): boolean {
    return this.given.has(name);
  }

  number(name: string, fallback: number): number {
    return this.take(name)?.f ?? fallback;
  }

  integer(name: string, fallback: number): number {
    const found = this.take(name);
    return found === undefined ? fallback : Number(found.i);
  }

  text(name: string, fallback: string): string {
    const found = this.take(name);
    return found === undefined ? fallback : text(found.s);
  }

  numbers(name: string): readonly number[] {
    return this.take(name)?.floats ?? [];
  }

  integers(name: string): readonly number[] | undefined {
    return this.take(name)?.ints.map(Number);
  }

  texts(name: string): readonly string[] {
    return this.take(name)?.strings.map(text) ?? [];
  }

  tensor(name: string): OnnxTensor | undefined {
    return this.take(name)?.t;
  }

  /** Attributes that do not change the numbers of a prediction. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.unused.delete(name);
  }

  /** The first attribute that was not asked for. */
  get unread(): string | undefined {
    return this.unused.values().next().value;
  }
}

/** A constant of one number. */
export const isScalar = ({ shape }: Pick<Tensor, 'shape'>): boolean => shape.every((length) => length === 1);
