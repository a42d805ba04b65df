"""What a month costs, worked out from prices.json: the tables of COST.md and COST.ja.md.

  python3 -m ops.cost          prints what stands between the marks of both files, and writes it there
"""

import json
import pathlib
from dataclasses import dataclass

HERE = pathlib.Path(__file__).resolve().parent.parent
HOURS = 730  # of a month, as AWS counts
TASK_VCPU, TASK_GB, STORAGE_GB = 0.25, 0.5, 20
FILES = {"en": HERE / "COST.md", "ja": HERE / "COST.ja.md"}
NAMES = {
    "en": {
        "ap-northeast-1": "Tokyo (`ap-northeast-1`)", "us-east-1": "Virginia (`us-east-1`)", "layout": "layout",
        "tasks": "tasks", "alb": "load balancer", "way_out": "NAT or endpoints", "database": "database",
        "ipv4": "public IPv4", "secret": "secret, key", "total": "total", "without": "without IPv4",
        "price": "price", "unit": "per", "usd": "USD", "date": "seen", "source": "source",
        "unverified": "**unverified**", "hour": "hour", "month": "month", "GB": "GB", "1": "–",
    },
    "ja": {
        "ap-northeast-1": "東京 (`ap-northeast-1`)", "us-east-1": "バージニア (`us-east-1`)", "layout": "構成",
        "tasks": "タスク", "alb": "ロードバランサー", "way_out": "NAT またはエンドポイント", "database": "データベース",
        "ipv4": "パブリック IPv4", "secret": "シークレット、キー", "total": "合計", "without": "IPv4 を除く",
        "price": "価格", "unit": "単位", "usd": "USD", "date": "確認時期", "source": "出典",
        "unverified": "**未確認**", "hour": "時間", "month": "月", "GB": "GB", "1": "–",
    },
}


@dataclass(frozen=True)
class Layout:
    """One way to build it. Hours are those in which tasks and database run; the rest cannot be stopped."""

    name: str
    en: str
    ja: str
    tasks: int = 2
    nats: int = 1
    endpoints: int = 0
    zones_of_endpoints: int = 0
    zones_of_database: int = 1
    hours: int = HOURS
    arm: bool = False
    spot: bool = False
    public_tasks: bool = False

    def items(self, price: dict[str, float]) -> dict[str, float]:
        """US dollars a month by item."""
        kind = "fargate_arm" if self.arm else "fargate"
        task = TASK_VCPU * price[f"{kind}_vcpu"] + TASK_GB * price[f"{kind}_gb"]
        task *= price["spot_share"] if self.spot else 1
        instances = self.hours * price["database"] * self.zones_of_database
        # The load balancer has an address in each of its two zones.
        addresses = 2 + self.nats + (self.tasks if self.public_tasks else 0)
        return {
            "tasks": self.tasks * self.hours * task,
            "alb": HOURS * price["alb"],
            "way_out": HOURS * (self.nats * price["nat"] + self.endpoints * self.zones_of_endpoints * price["endpoint"]),
            "database": instances + STORAGE_GB * price["storage"] * self.zones_of_database,
            "ipv4": HOURS * addresses * price["ipv4"],
            "secret": price["secret"] + price["key"],
        }

    def total(self, price: dict[str, float]) -> float:
        return sum(self.items(price).values())


def read() -> dict:
    return json.loads((HERE / "prices.json").read_text(encoding="utf-8"))


def prices_of(book: dict, region: str) -> dict[str, float]:
    return {name: it[region]["usd"] for name, it in book["prices"].items()}


def layouts(book: dict) -> dict[str, Layout]:
    return {it["name"]: Layout(**it) for it in book["layouts"]}


def break_even(price: dict[str, float]) -> dict[str, float]:
    """How many endpoints, each in one zone, cost what NAT costs with its address; and from which traffic on."""
    nat = HOURS * (price["nat"] + price["ipv4"])
    eight = HOURS * 8 * price["endpoint"]
    return {
        "endpoint_zones": (price["nat"] + price["ipv4"]) / price["endpoint"],
        "nat": nat,
        "eight": eight,
        # Four endpoints in two zones cost more each month, and less with each GB.
        "gigabytes": (eight - nat) / (price["nat_gb"] - price["endpoint_gb"]),
    }


def table(rows: list[list[str]]) -> str:
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def generated(lang: str) -> str:
    """Everything between the marks."""
    book, word, parts = read(), NAMES[lang], []
    columns = ["tasks", "alb", "way_out", "database", "ipv4", "secret"]
    for region in book["regions"]:
        price = prices_of(book, region)
        rows = [[word["layout"], *(word[column] for column in columns), word["total"], word["without"]]]
        for layout in layouts(book).values():
            items = layout.items(price)
            total = sum(items.values())
            figures = [f"{items[column]:.1f}" for column in columns]
            rows.append([getattr(layout, lang), *figures, f"**{total:.0f}**", f"{total - items['ipv4']:.0f}"])
        parts += [f"### {word[region]}", table(rows), _break_even(lang, break_even(price))]
    parts += [{"en": "### Prices", "ja": "### 単価"}[lang], _prices(book, lang)]
    return "\n\n".join(parts)


def _break_even(lang: str, even: dict[str, float]) -> str:
    values = {name: f"{value:.1f}" if name == "endpoint_zones" else f"{value:.0f}" for name, value in even.items()}
    return {
        "en": "Break-even: one NAT gateway with its address ({nat} a month) costs as much as {endpoint_zones} endpoints, "
        "each counted once per zone.\nFour endpoints in two zones are eight ({eight} a month): "
        "they win only from about {gigabytes} GB a month on, image layers not counted, since those take the free S3 gateway.",
        "ja": "損益分岐点: アドレス込みの NAT ゲートウェイ 1 つ (月 {nat}) は、ゾーンごとに数えたエンドポイント {endpoint_zones} 個分です。\n"
        "エンドポイント 4 つを 2 ゾーンに置くと 8 個 (月 {eight}) になり、NAT より安くなるのは月およそ {gigabytes} GB 以上を通す場合だけです。"
        "無料の S3 ゲートウェイを通るイメージレイヤーは含みません。",
    }[lang].format(**values)


def _prices(book: dict, lang: str) -> str:
    word = NAMES[lang]
    rows = [[word["price"], word["unit"], *(f"{word[it]}: {word['usd']}, {word['source']}" for it in book["regions"])]]
    for it in book["prices"].values():
        cells = []
        for region in book["regions"]:
            one = it[region]
            source = word["unverified"] if one["source"] == "unverified" else f"[{one['date']}]({one['source']})"
            cells.append(f"{one['usd']:g}, {source}")
        rows.append([it["ja" if lang == "ja" else "what"], word[it["unit"]], *cells])
    return table(rows)


MARKS = ("<!-- generated from prices.json by make cost -->", "<!-- end of the generated part -->")


def renewed(path: pathlib.Path, lang: str) -> str:
    """The file with its generated part as the prices are now."""
    before, _, rest = path.read_text(encoding="utf-8").partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    return f"{before}{MARKS[0]}\n\n{generated(lang)}\n\n{MARKS[1]}{after}"


if __name__ == "__main__":
    for language, file in FILES.items():
        file.write_text(renewed(file, language), encoding="utf-8")
    print(generated("en"))
