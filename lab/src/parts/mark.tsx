/** The sign of the project: two inputs, a unit, an output. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 26 20" width="26" height="20" aria-hidden="true">
      <path d="M4 4 13 10 22 10M4 16 13 10" fill="none" stroke="currentColor" stroke-width="1.6" opacity="0.55" />
      <circle cx="4" cy="4" r="3" />
      <circle cx="4" cy="16" r="3" />
      <circle cx="13" cy="10" r="3" />
      <circle cx="22" cy="10" r="3" />
    </svg>
  );
}
