// One session of a page, shared by all its requests: at most one renewal at a time, and an end.

// What `renew` throws when only a new login helps.
export class SessionOver extends Error {}

// `token`: the access token to begin with. `renew()`: resolves to a new one. `over(error)`: send the
// user to log in; called once.
export function createSession({ token, renew, over = () => {} }) {
  let renewal;   // the one that is under way

  async function renewOnce() {
    try {
      token = await renew();
    } catch (error) {
      // Anything else (no network, a 503) may be over soon: the 401 stands, the session goes on.
      if (!(error instanceof SessionOver)) return undefined;
      token = undefined;
      over(error);
    }
    return token;
  }

  return {
    get token() { return token; },

    // The token to send in place of one that was refused. Undefined: there is none.
    async replace(refused) {
      // Late: another request's refusal brought a new one while this one was on its way.
      if (refused !== token) return token;
      // Set before anything is awaited, so that ten refusals at once find it.
      renewal ??= renewOnce().finally(() => { renewal = undefined; });
      return renewal;
    },
  };
}

// RFC 6749, section 6. A plain fetch, past every interceptor: the renewal must not renew itself.
export function oauthRenewal({ endpoint, clientId, refreshToken }) {
  return async () => {
    const response = await fetch(endpoint, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId }),
    });
    if (response.status === 400 || response.status === 401) throw new SessionOver(`the token endpoint answered ${response.status}`);
    if (!response.ok) throw new Error(`the token endpoint answered ${response.status}`);
    const answer = await response.json();
    // The old one is spent: what came with the answer is kept before anything else happens.
    refreshToken = answer.refresh_token ?? refreshToken;
    return answer.access_token;
  };
}
