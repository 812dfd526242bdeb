// const api = sessionFetch(session);  await api('/orders');
export function sessionFetch(session, send = fetch) {
  const withToken = (request, token) => {
    request.headers.set('Authorization', `Bearer ${token}`);
    return send(request);
  };
  return async (input, init) => {
    const request = new Request(input, init);
    const token = session.token;
    if (!token) return send(request);
    const again = request.clone();   // a body can be read once
    const first = await withToken(request, token);
    if (first.status !== 401) return first;
    const fresh = await session.replace(token);
    if (!fresh) return first;
    await first.body?.cancel();
    return withToken(again, fresh);   // once: whatever comes now is the answer
  };
}
