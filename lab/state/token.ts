// The token with which `unrolled lab DIR` hands out its model. It stands in the address that the command prints, and nowhere else for long: it is taken
// out of the address at once, so that it is in no link that is copied, and kept for this tab only, so that the page can be loaded again.

const key = 'unrolled-lab-token';

let token: string | null = null;

/** Takes the token out of the address, or remembers the one of this tab. */
export function takeToken(): void {
  const address = new URL(location.href);
  token = address.searchParams.get('token');
  if (token === null) {
    token = remembered();
    return;
  }
  remember(token);
  address.searchParams.delete('token');
  history.replaceState(history.state, '', address.pathname + address.search + address.hash);
}

/** Fetches what is only for who has the token. */
export async function fetchWithToken(path: string): Promise<Response> {
  const response = await fetch(path, token === null ? {} : { headers: { authorization: `Bearer ${token}` } });
  const lasting = response.headers.get('unrolled-token'); // in return for one that counts once
  if (lasting !== null) remember((token = lasting));
  return response;
}

function remember(word: string): void {
  try {
    sessionStorage.setItem(key, word);
  } catch {
    // a browser that keeps nothing; the page has it until it is closed
  }
}

function remembered(): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}
