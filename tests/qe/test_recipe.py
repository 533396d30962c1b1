"""Recipes of training."""

from pathlib import Path

import pytest

from mtqa.config import ConfigError
from mtqa.qe.training.recipe import Recipe

RECIPES = Path(__file__).parents[2] / "recipes"
OWN = 'judgements = ["a.tsv"]\n'


def read(tmp_path: Path, text: str) -> Recipe:
    path = tmp_path / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    return Recipe.read(path)


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.toml")), ids=lambda path: path.stem)
def test_the_recipes_that_ship_can_be_read(path: Path) -> None:
    assert any(Recipe.read(path).passes.values())


def test_a_recipe_is_what_it_says(tmp_path: Path) -> None:
    recipe = read(tmp_path, OWN + "rate = 1\npasses = { judgements = 2 }\nbatch = 8\n")
    assert recipe.judgements == ("a.tsv",)
    assert recipe.passes == {"judgements": 2.0}
    assert recipe.rate == 1.0
    assert recipe.head_rate == Recipe().head_rate


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sed = 1", r"recipe\.toml: unknown key sed; did you mean seed\?"),
        ("seed = 1.5", "seed must be a whole number, not 1.5"),
        ("seed = true", "seed must be a whole number, not True"),
        ("rate = 'low'", "rate must be a number"),
        ("batch = 1", "batch must be from 2 to 4096, not 1"),
        ("passes = { mqn = 1 }", r"unknown key passes\.mqn; did you mean mqm\?"),
        ("passes = { mqm = 'all' }", r"passes\.mqm must be a number"),
        ("weights = { score = 1 }", r"unknown key weights\.score"),
        ("columns = { score = 1 }", r"columns\.score must be a string"),
        ("judgements = 'a.tsv'", "judgements must be a list of strings"),
        (OWN, "one needs the other"),
        ("passes = { judgements = 1 }", "one needs the other"),
        ("passes = { mqm = 0 }", "passes must name a data set"),
        ("scale = '0-1'\npasses = { mqm = 1 }", "scale must be one of 0-100, z, mqm"),
        ("pair = 'russian'\npasses = { mqm = 1 }", "pair must be like 'ru-en'"),
        ("seed =", "is no valid TOML"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read(tmp_path, text)
