// const api = useSession(axios.create({ baseURL }), session);  await api.get('/orders');
export function useSession(instance, session) {
  instance.interceptors.request.use((config) => {
    config.sentWith = session.token;
    if (config.sentWith) config.headers.Authorization = `Bearer ${config.sentWith}`;
    return config;
  });
  instance.interceptors.response.use(undefined, async (error) => {
    const { config, response } = error;
    if (response?.status !== 401 || !config.sentWith || config.replayed) throw error;
    config.replayed = true;   // before anything is awaited
    if (!await session.replace(config.sentWith)) throw error;
    return instance(config);   // past the first interceptor, which takes the new token
  });
  return instance;
}
