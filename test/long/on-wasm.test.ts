/**
 * Runs the suites of explanations, checks, audits and gradients with the WebAssembly engine in float64 instead of the
 * reference, with the same results.
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
await import('../../src/audit/conventions.test.ts');
await import('../../src/audit/index.test.ts');
await import('../../src/audit/verdict.test.ts');
await import('../gradients.test.ts');
await import('../documentation.test.ts');
await import('../../src/explain/check.test.ts');
await import('../../src/explain/lines/lines.test.ts');
await import('../../src/explain/observations.test.ts');
await import('../../src/explain/quantity.test.ts');
await import('../../src/explain/sheet.test.ts');

test('the WebAssembly engine ran', () => {
  expect(compiled.plans).toBeGreaterThan(100);
});
