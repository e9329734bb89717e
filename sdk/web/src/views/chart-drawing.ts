import { BarChart, LineChart, PieChart } from "echarts/charts";
import { AriaComponent, GridComponent } from "echarts/components";
import { type EChartsType, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { css, html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { block } from "../base-element.js";
import { language } from "../texts/text.js";

use([AriaComponent, BarChart, GridComponent, LineChart, PieChart, SVGRenderer]);

/** A group of a chart: what it is called, its figure, and that as people read it. */
export interface ChartDatum {
  name: string;
  value: number;
  text: string;
}

/** Tokens, so that theme, forced colours and paper have their own without drawing anew. */
const COLOURS = [1, 2, 3, 4, 5, 6, 7, 8].map((step) => `var(--ji-chart-${step})`);
const TEXT = "var(--ji-text)";
const RULE = { lineStyle: { color: "var(--ji-rule)" } };
const ROW_PX = 26;

/** A drawing of figures. Whoever can't see it has its summary, and the table that stands beside it. */
@customElement("ji-chart")
export class Chart extends LitElement {
  static override styles = [
    block,
    css`
      div {
        width: 100%;
      }
      svg text {
        font-family: var(--ji-font);
      }
    `,
  ];
  @property() kind: "bar" | "line" | "pie" = "bar";
  @property() heading = "";
  @property({ attribute: false }) data: ChartDatum[] = [];
  @query("div") private place!: HTMLElement;
  #chart: EChartsType | undefined;
  readonly #resized = new ResizeObserver(() => this.#chart?.resize());

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
    this.#chart?.dispose();
    this.#chart = undefined;
  }

  override render(): TemplateResult {
    return html`<div></div>`;
  }

  protected override updated(_changed: PropertyValues<this>): void {
    const rows = this.kind === "bar" ? this.data.length : 10;
    this.place.style.height = `${Math.max(160, 48 + rows * ROW_PX)}px`;
    const locale = language() === "en" ? "EN" : "ZH";
    this.#chart ??= init(this.place, undefined, { renderer: "svg", locale });
    this.#resized.observe(this.place);
    this.#chart.resize();
    this.#chart.setOption(
      {
        animation: false,
        color: COLOURS,
        textStyle: { color: TEXT },
        aria: { enabled: true, label: { description: this.#summary() }, decal: { show: this.kind === "pie" } },
        ...(this.kind === "pie" ? this.#pie() : this.#axes()),
      },
      { notMerge: true },
    );
  }

  #summary(): string {
    return `${this.heading}：${this.data
      .slice(0, 10)
      .map(({ name, text }) => `${name} ${text}`)
      .join("，")}`;
  }

  #pie(): object {
    return {
      series: {
        type: "pie",
        radius: ["35%", "65%"],
        silent: true,
        data: this.data,
        label: { color: TEXT, formatter: ({ data }: { data: ChartDatum }) => `${data.name} ${data.text}` },
      },
    };
  }

  /** Bars lie, for Chinese names are read along them; lines run from left to right, as time does. */
  #axes(): object {
    const names = this.data.map(({ name }) => name);
    const groups = { type: "category", data: names, axisLine: RULE, axisLabel: { color: TEXT } };
    const whole = this.data.every(({ value }) => Number.isInteger(value));
    const figures = { type: "value", minInterval: whole ? 1 : 0, splitLine: RULE, axisLabel: { color: TEXT } };
    const label = { show: true, color: TEXT, formatter: ({ data }: { data: ChartDatum }) => data.text };
    const bars = this.kind === "bar";
    return {
      grid: { left: 8, right: 72, top: 16, bottom: 8, containLabel: true },
      xAxis: bars ? figures : groups,
      yAxis: bars ? { ...groups, inverse: true } : figures,
      series: {
        type: this.kind,
        silent: true,
        data: this.data,
        ...(bars
          ? { barMaxWidth: 18, label: { ...label, position: "right" } }
          : { label: { ...label, position: "top" } }),
      },
    };
  }
}
