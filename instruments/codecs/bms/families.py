"""Every family by its name, for tests, tools and plug-ins."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from instruments.codecs.bms import (
    abc,
    ant,
    braunpwr,
    buknuwo,
    cbtpwr,
    daly,
    dpwrcore,
    ecoworthy,
    eg4,
    ej,
    felicity,
    gobel,
    greenway,
    humsienk,
    jbd,
    jikong,
    jk_uart,
    lipower,
    lithionics,
    myvolta,
    neey,
    ogt,
    pace,
    pylontech,
    redodo,
    renogy,
    roypow,
    saihang,
    seplos,
    superb,
    tdt,
    tianpwr,
    topband,
    vatrer,
    ws_nova,
)
from instruments.codecs.bms.claim import BmsClaim
from instruments.codecs.frame import join

Decode = Callable[[Sequence[bytes]], BmsClaim]


def _decode_up(chunks: Sequence[bytes]) -> BmsClaim:
    return jbd.decode_up(join(chunks))


FAMILIES: Mapping[str, Decode] = MappingProxyType(
    {
        "abc": abc.decode,
        "ag": ej.decode,
        "ant": ant.decode,
        "ant_leg": ant.decode_old,
        "braunpwr": braunpwr.decode,
        "buknuwo": buknuwo.decode,
        "cbtpwr": cbtpwr.decode,
        "cbtpwr_vb": cbtpwr.decode_vb,
        "daly": daly.decode,
        "dpwrcore": dpwrcore.decode,
        "ecoworthy": ecoworthy.decode,
        "eg4": eg4.decode,
        "ej": ej.decode,
        "ej_unchecked": ej.decode_unchecked,
        "felicity": felicity.decode,
        "gobel": gobel.decode,
        "greenway": greenway.decode,
        "humsienk": humsienk.decode,
        "jbd": jbd.decode,
        "jbd_up": _decode_up,
        "jikong": jikong.decode,
        "jk_uart": jk_uart.decode,
        "lipower": lipower.decode,
        "lithionics": lithionics.decode,
        "myvolta": myvolta.decode,
        "neey": neey.decode,
        "ogt": ogt.decode,
        "pace": pace.decode,
        "pylontech": pylontech.decode,
        "redodo": redodo.decode,
        "renogy": renogy.decode,
        "renogy_pro": renogy.decode_pro,
        "roypow": roypow.decode,
        "saihang": saihang.decode,
        "seplos": seplos.decode,
        "seplos_v2": seplos.decode_v2,
        "superb": superb.decode,
        "superb_v2": superb.decode_v2,
        "tdt": tdt.decode,
        "tianpwr": tianpwr.decode,
        "topband": topband.decode,
        "vatrer": vatrer.decode,
        "ws_nova": ws_nova.decode,
    }
)
