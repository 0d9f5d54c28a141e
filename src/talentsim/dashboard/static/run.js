// Speaking with the server: questions as JSON, a run's states as events.

const tab = crypto.randomUUID();

export class Refused extends Error {
  constructor(status, content) {
    super(content.error ?? 'the server has refused this');
    this.status = status;
    this.policy = content.policy ?? null;
    this.field = content.field ?? null;
  }
}

export class Gone extends Error {}

export async function ask(path, content, signal) {
  let response;
  try {
    response = await fetch(path, content === undefined ? {signal} : {
      method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify(content), signal});
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Gone();
  }
  if (!response.ok) throw new Refused(response.status, await response.json().catch(() => ({})));
  return response;
}

export const json = async (path, content, signal) => (await ask(path, content, signal)).json();

export class Run {
  // One question on its way; `hear` is called with every state. A newer run closes the stream of the one before.
  static async start(choice, hear, signal) {
    const described = await json('/api/runs', {...choice, tab}, signal);
    return new Run(described, hear);
  }

  constructor(described, hear) {
    this.described = described;
    this.id = described.run;
    this.source = new EventSource(`/api/runs/${this.id}/events`);
    this.source.addEventListener('state', (event) => {
      const told = JSON.parse(event.data);
      if (['done', 'stopped', 'error'].includes(told.state)) this.close();
      hear(told, this);
    });
    this.source.onerror = () => {
      if (this.isOpen) hear({state: 'gone', words: 'The server has gone'}, this);
      this.close();
    };
  }

  get isOpen() { return this.source.readyState !== EventSource.CLOSED || !this.isClosed; }

  close() {
    this.isClosed = true;
    this.source.close();
  }

  async stop() {
    await ask(`/api/runs/${this.id}/stop`, {}).catch(() => {});
  }

  numbers(focus) { return json(`/api/runs/${this.id}/numbers`, {focus}); }

  view(focus, year, seen) { return json(`/api/runs/${this.id}/view`, {focus, year, seen}); }
}
