import { inject, op, plugin, Storage } from "@jinshui/plugin";

/** Writes a greeting and counts those of the bureau. */
@plugin()
export class ExampleHello {
  constructor(@inject(Storage) private readonly storage: Storage) {}

  @op("greet")
  async greet({ to }: { to: string }): Promise<{ text: string; count: number }> {
    const text = `${to}，您好！`;
    await this.storage.insert({ collection: "example-hello.greeting", values: { to, text } });
    const { total } = await this.storage.count({ collection: "example-hello.greeting" });
    return { text, count: total };
  }
}
