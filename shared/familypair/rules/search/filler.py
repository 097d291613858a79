# ruff: noqa: RUF001 - letters of several scripts are the subject
"""Words that say nothing of their own beside a search for help: `how`, `number`, `please`."""

from typing import Final

_WORDS: Final = """
a an and am any are at be been being can cant could do does for free from get give got has have
help helps her him his how i if im in is it it's i'm me mine my near need number numbers now of
on online or our phone call text chat please stop talk tell that the their them they this to
today uk us usa want was we what what's when where which who why will with you your after friend
friends mum mom dad school home line website feeling feel feels thoughts aber auf bei beim bin
bitte das dem den der die ein eine einem einen er es für gegen habe hat hilfe ich ist kann man
mein meine meinem meinen mich mir mit nach nummer oder sie soll telefon tun und uns von wenn wer
wie wir wird wo zu zum zur schule freund freundin hause al algo ayuda con cómo como cual cuál de
del donde dónde el ella en esta estoy hacer la las lo los mi mis mí no número para pero por
porque puedo qué que quiero se si sí su teléfono tengo un una y yo amigo amiga escuela casa
favor ai aide au aux avec c'est ce comment dans des du elle est et faire il j'ai je le les ma
mes moi mon numéro ou où par pas plaît pour pourquoi quand quel quelle quoi s'il suis sur
téléphone tu une vous ami amie école maison ajuda ao as com da dos e ela ele em eu fazer meu
meus minha na nas nos o onde os preciso quando quem telefone um uma você escola а в во где для
если есть и из как когда кто кому мне мой моя мы на не номер о он она они помощь почему с со
телефон ты у что я друг подруга школе дома делать ama bana ben benim bir bu çok ile için kim mu
mı nasıl ne neden nerede numara numarası ve var yardım yok أنا انا أين اين إلى الى رقم على عن في
كيف لا لماذا لي ما ماذا متى مساعدة من هاتف هل و 我 你 了 吗 的 是 在 要 很 有
怎么 怎么办 电话 號碼 号码 什么 如何 请 帮 帮助
朋友 想 l'aide d'aide trouver chercher
"""
"""English, German, Spanish, French, Portuguese, Russian, Turkish, Arabic, Chinese."""
FILLER: Final = frozenset(_WORDS.split())

FILLER_SIGNS: Final = frozenset(
    "我你了吗嗎的是在要很有怎么麼办辦电話电话電號码號碼号什如何请請帮幫助想他她們们"
)
"""The same in scripts without spaces, sign by sign."""
