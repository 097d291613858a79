"""The 256 words of the matching phrase: short, friendly, easy to say and to tell apart.

Any two differ in at least two letters and in their first four; no two pairs read the same when
written together. The order is part of the derivation: never change it while phrases are in use.
"""

_TEXT = """
acorn alarm album alpine amber anchor apple apron arrow aspen atlas autumn badge bakery ballad
bamboo banana banjo barrel basket beacon beaver bicycle biscuit bison blanket blossom bluebell
bonfire bottle boulder bramble breeze bridge bronze bubble bucket buffalo button cabin cactus
camera candle canyon caramel carpet castle cedar cello cheetah cherry chimney cinema circus
citrus clover cobalt coconut comet compass copper coral cotton cougar cricket crystal cupcake
curtain cushion cyclone daisy dancer diamond dolphin domino donkey dragon drummer eagle echo
eclipse engine falcon feather fiddle firefly flamingo flute forest fossil fountain galaxy
garden garlic gazelle gecko ginger giraffe glacier glider goblet granite guitar hammock
hamster harbor harvest hazel hedgehog helmet hickory honey horizon iceberg igloo indigo island
ivory jacket jaguar jasmine jelly jigsaw jungle juniper kayak kettle kitten koala ladder
lagoon lantern lavender lemon leopard lilac lizard lobster lotus magnet mango maple marble
meadow melody meteor mirror monsoon mosaic muffin nectar noodle nutmeg oasis oatmeal ocean
olive orbit orchid otter oyster panda parade parrot pastel peacock peanut pebble pelican
penguin piano picnic pigeon pillow pirate planet plaza pocket polar pony prairie pretzel
pumpkin puppet puzzle quartz quilt rabbit raccoon radish rainbow raven reef ribbon river robin
rooster ruby saddle saffron sailor salmon sapphire saturn scooter seagull shadow silver sketch
skylark snow sparrow spinach spruce squirrel starfish stork summit sunset swan syrup tablet
teapot temple thistle thunder tiger timber toffee tomato topaz tortoise tractor trumpet tulip
tundra turtle tuxedo umbrella unicorn valley vanilla velvet village violin volcano waffle
wagon walnut whale wheat window wombat yogurt zebra zipper
"""

WORDS: tuple[str, ...] = tuple(_TEXT.split())
