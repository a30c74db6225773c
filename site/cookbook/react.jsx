// A field that says which language a family name is of, as a React component. The model was trained before, and comes with the package.

import { useEffect, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { predict, unpackModelFile } from 'unrolled';

/** The model at an address; null until it is there. */
function useModel(address) {
  const [model, setModel] = useState(null);
  useEffect(() => {
    let isWanted = true;
    (async () => {
      const response = await fetch(address);
      const { model } = unpackModelFile(new Uint8Array(await response.arrayBuffer()), address);
      if (isWanted) setModel(model);
    })();
    return () => {
      isWanted = false;
    };
  }, [address]);
  return model;
}

export function Origin({ address }) {
  const model = useModel(address);
  const [name, setName] = useState('Takahashi');
  const classes = useMemo(() => (model && name ? predict(model, [name])[0].classes.slice(0, 3) : []), [model, name]);
  return (
    <>
      <label>
        A family name <input value={name} onChange={(event) => setName(event.target.value)} autoComplete="off" />
      </label>
      <ul aria-live="polite">
        {model === null && <li>The model is on its way …</li>}
        {classes.map(({ label, probability }) => (
          <li key={label}>
            {label}, {(100 * probability).toFixed(0)} %
          </li>
        ))}
      </ul>
    </>
  );
}

createRoot(document.querySelector('#root')).render(<Origin address="data/names.safetensors" />);
