"""COST.md says what prices.json says, and prices.json means the layouts that the templates have."""

import re
import sys
import unittest

import layouts
import templates

sys.path.insert(0, str(templates.ROOT))
from ops import cost  # noqa: E402

BOOK = cost.read()


class Cost(unittest.TestCase):
    def test_the_files_are_what_the_prices_give(self):
        for lang, path in cost.FILES.items():
            self.assertEqual(path.read_text(encoding="utf-8"), cost.renewed(path, lang), "run `make cost`")

    def test_every_price_has_a_date_and_a_source(self):
        for name, price in BOOK["prices"].items():
            for region in BOOK["regions"]:
                one = price[region]
                self.assertGreater(one["usd"], 0, name)
                self.assertRegex(one["date"], r"^20\d\d-\d\d$", name)
                self.assertRegex(one["source"], r"^(https://\S+|unverified)$", name)

    def test_the_layouts_are_those_of_the_parameter_files(self):
        for environment, values in templates.parameter_files().items():
            stacks = layouts.decide(templates.load(), values)
            layout = cost.layouts(BOOK)[environment]
            gateways = templates.resources_of(stacks["network"], "AWS::EC2::NatGateway")
            self.assertEqual(layout.nats, len(gateways), environment)
            database = templates.only(stacks["data"], "AWS::RDS::DBInstance")
            self.assertEqual(layout.zones_of_database, 2 if database["MultiAZ"] == "true" else 1, environment)
            self.assertEqual(int(database["AllocatedStorage"]), cost.STORAGE_GB, environment)
            self.assertIn(database["DBInstanceClass"], BOOK["prices"]["database"]["what"], environment)
            task = templates.only(stacks["service"], "AWS::ECS::TaskDefinition")
            size = [int(task[key]) for key in ("Cpu", "Memory")]
            self.assertEqual(size, [cost.TASK_VCPU * 1024, cost.TASK_GB * 1024], environment)
            target = templates.only(stacks["service"], "AWS::ApplicationAutoScaling::ScalableTarget")
            self.assertEqual(layout.tasks, int(target["MinCapacity"]), environment)
            keys = templates.resources_of(stacks["data"], "AWS::KMS::Key") | templates.resources_of(stacks["security"], "AWS::KMS::Key")
            self.assertEqual(len(keys), 1, "the price of one key is in the tables")

    def test_the_break_even_is_where_both_cost_the_same(self):
        for region in BOOK["regions"]:
            price, even = cost.prices_of(BOOK, region), cost.break_even(cost.prices_of(BOOK, region))
            zones, traffic = even["endpoint_zones"], even["gigabytes"]
            self.assertAlmostEqual(zones * price["endpoint"], price["nat"] + price["ipv4"])
            self.assertAlmostEqual(even["nat"] + traffic * price["nat_gb"], even["eight"] + traffic * price["endpoint_gb"])

    def test_the_beliefs_fail_where_the_text_says(self):
        tokyo, virginia = (cost.prices_of(BOOK, region) for region in ("ap-northeast-1", "us-east-1"))
        every = cost.layouts(BOOK)
        said = re.sub(r"\s+", " ", cost.FILES["en"].read_text(encoding="utf-8"))
        without = every["dev"].total(virginia) - every["dev"].items(virginia)["ipv4"]
        self.assertAlmostEqual(without, 80, delta=5)
        self.assertIn(f"in Tokyo about {every['dev'].total(tokyo):.0f}", said)
        near = {name for name, it in every.items() if it.total(tokyo) < 95}
        self.assertEqual(near, {"hours", "public"})
        items = every["dev"].items(tokyo)
        unstoppable = items["alb"] + items["way_out"] + items["ipv4"]
        self.assertIn(f"{unstoppable:.0f} a month in Tokyo", said)
        self.assertGreater(every["endpoints"].total(tokyo), every["dev"].total(tokyo))
        self.assertLess(every["endpoints-one-zone"].total(tokyo), every["dev"].total(tokyo))


if __name__ == "__main__":
    unittest.main()
