/** All numbers of a step, to choose from: grouped as they are computed, each with its symbol, its meaning and its address. */
import { createMemo, createSignal, For, Show } from 'solid-js';
import { meaningOf, phaseOf, whenText } from './meaning.ts';
import { Formula } from './parts.tsx';
import type { Quantity } from './protocol.ts';

export function QuantityList(props: {
  readonly lines: readonly Quantity[];
  readonly onChoose: (row: { readonly quantity: string; readonly after: number }) => void;
}) {
  const [search, setSearch] = createSignal('');
  const [address, setAddress] = createSignal('');
  const groups = createMemo(() => {
    const words = search().toLowerCase().split(/\s+/).filter(Boolean);
    const out: { heading: string; phase: string; lines: Quantity[] }[] = [];
    for (const line of props.lines) {
      const text = `${line.name.text} ${line.quantity} ${meaningOf(line.quantity) ?? ''} ${line.heading}`.toLowerCase();
      if (!words.every((word) => text.includes(word))) continue;
      const last = out.at(-1);
      if (last?.heading === line.heading) last.lines.push(line);
      else out.push({ heading: line.heading, phase: phaseOf(line.quantity, line.after), lines: [line] });
    }
    return out;
  });
  return (
    <section class="audit-quantities" aria-label="Numbers of the step">
      <h2>Numbers of the step</h2>
      <p class="soft">Choose each number that the print has.</p>
      <input
        type="search"
        placeholder="Search, such as: gradient w1"
        aria-label="Search the numbers"
        value={search()}
        onInput={(event) => setSearch(event.currentTarget.value)}
      />
      <div class="audit-groups">
        <For each={groups()} fallback={<p class="soft">No number of this step fits the search.</p>}>
          {({ heading, phase, lines }, i) => (
            <details open={i() === 0 || search() !== ''}>
              <summary>
                <span class={`audit-phase ${phase}`}>{phase}</span> {heading} <span class="soft">({lines.length})</span>
              </summary>
              <ul>
                <For each={lines}>
                  {({ quantity, after, name }) => (
                    <li>
                      <button type="button" class="plain" onClick={() => props.onChoose({ quantity, after })}>
                        <Formula class="audit-name" markup={name.markup} />
                        <span class="audit-meaning">
                          {meaningOf(quantity)}
                          <Show when={after > 0}>, {whenText(quantity, after)}</Show>
                        </span>
                        <code>{quantity}</code>
                      </button>
                    </li>
                  )}
                </For>
              </ul>
            </details>
          )}
        </For>
      </div>
      <form
        class="controls audit-other"
        onSubmit={(event) => {
          event.preventDefault();
          if (address().trim() !== '') props.onChoose({ quantity: address().trim(), after: 0 });
          setAddress('');
        }}
      >
        <label>
          Another address{' '}
          <input
            value={address()}
            placeholder="gradient(loss[0][0])"
            spellcheck={false}
            onInput={(event) => setAddress(event.currentTarget.value)}
          />
        </label>
        <button type="submit">Add</button>
      </form>
    </section>
  );
}
