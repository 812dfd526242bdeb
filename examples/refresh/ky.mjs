// const api = ky.create({ prefixUrl, hooks: sessionHooks(session) });  await api('orders');
export function sessionHooks(session) {
  const sentWith = new WeakMap();
  return {
    beforeRequest: [(request, options) => {
      if (!session.token) return;
      sentWith.set(options, session.token);
      request.headers.set('Authorization', `Bearer ${session.token}`);
    }],
    afterResponse: [async (request, options, response) => {
      const token = sentWith.get(options);
      if (response.status !== 401 || !token) return undefined;
      const fresh = await session.replace(token);
      if (!fresh) return undefined;
      request.headers.set('Authorization', `Bearer ${fresh}`);
      return fetch(request);   // past these hooks: once
    }],
  };
}
