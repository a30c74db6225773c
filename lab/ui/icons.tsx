// The few icons, drawn here: each is beside a word or has its button's name, so they are hidden from screen readers.

const paths = {
  play: <path d="M7 4.5v15l12.5-7.5z" fill="currentColor" stroke="none" />,
  pause: <path d="M8 5v14M16 5v14" stroke-width="4" stroke-linecap="butt" />,
  step: <path d="M6 5.5v13l9-6.5zM18 5v14" />,
  undo: <path d="M4 9h10a5.5 5.5 0 0 1 0 11H9M8 4.5 3.5 9 8 13.5" />,
  reset: <path d="M19.5 12a7.5 7.5 0 1 1-2.3-5.4M17.5 2.5v4.5H13" />,
  link: (
    <path d="M10 14a4 4 0 0 0 5.7 0l3.1-3.1a4 4 0 0 0-5.7-5.7l-1.2 1.2M14 10a4 4 0 0 0-5.7 0l-3.1 3.1a4 4 0 0 0 5.7 5.7l1.2-1.2" />
  ),
  restart: <path d="M19 12a7 7 0 1 1-2.1-5M17 3v4.2h-4.2" />,
} as const;

export function Icon({ name }: { readonly name: keyof typeof paths }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 24 24"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      {paths[name]}
    </svg>
  );
}
