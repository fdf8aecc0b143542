/**
 * The suites of explanation, checks, audits and gradients once more, with the WebAssembly engine in float64 wherever they
 * run the reference: all the same answers.
 */
import { expect, test, vi } from 'vitest';

const { compiled } = vi.hoisted(() => ({ compiled: { plans: 0 } }));

vi.mock('../../src/engines/reference/index.ts', async () => {
  const { wasmEngine } = await import('../../src/engines/wasm/index.ts');
  const engine = wasmEngine();
  const compile: typeof engine.compile = (plans) => {
    compiled.plans += plans.length;
    return engine.compile(plans);
  };
  return { reference: { ...engine, compile, name: 'reference' } };
});

await import('../audit.test.ts');
await import('../gradients.test.ts');
await import('../documentation.test.ts');
await import('../../src/explain/check.test.ts');
await import('../../src/explain/lines/lines.test.ts');
await import('../../src/explain/observations.test.ts');
await import('../../src/explain/quantity.test.ts');
await import('../../src/explain/sheet.test.ts');

test('it was the WebAssembly engine that ran', () => {
  expect(compiled.plans).toBeGreaterThan(100);
});
