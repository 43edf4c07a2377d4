"""Words that say nothing of what a recording is about: they fill speech in every field of work. Pure.

English, German, French and Spanish, as far as they come up all the time; other languages have their words weighed by
how rare they are alone.
"""

PLAIN_WORDS = frozenset(
    """a about above actually after again ahead all almost already also although always am an and another any
    anything are around as ask at away back basically be because been before being below best better between big
    bit both bottom bring but button by call can cannot cant click clicks come comes could dear did different do
    does doesnt doing done dont down each easy either else end enough even ever every everything exactly few find
    first for forget from full get gets getting give go goes going gone gonna good got had happens has have having
    he hello help her here hi him his how i id if ill im in instead into is it its ive just keep kind know last
    later left less let lets like line little long look looks lot lots made make makes making many may maybe me
    mean means might minute minutes moment more most much must my name need needs never new next nice no not
    nothing now number of off often oh ok okay old on once one ones only onto open opens or other others our out
    over own part people perhaps please point press pretty probably put quick quickly quite rather really right s
    same saw say says second seconds see seen select set shall she should show shows simple simply since small so
    some somebody someone something sometimes soon sorry sort start still stop stuff such sure take takes tell
    than thank thanks that thats the their them then there theres these they thing things think third this those
    though three through time times to today together told too took top try turn two type uh um under until up us
    use used uses using usually very wait want wants was way we well went were weve what whatever when where
    whether which while who whole whose why will with within without work works would wrong yeah yes yet you your
    youre yourself youve
    aber alle als also am an auch auf aus bei bin bis bitte da damit dann das dass dein dem den der des dich die
    dies diese diesen dieser dir doch dort durch ein eine einem einen einer eines er es etwas euch für ganz gar
    geht gehen gibt hat haben habe hier hin ich ihr im immer in ist ja jetzt kann kein keine können machen man
    mehr mein mich mir mit muss müssen nach nicht nichts noch nun nur oben oder ohne schon sehr sein seine sich
    sie sind so soll über um und uns unten unter vom von vor war was weil wenn wer werden wie wieder wir wird wo
    zu zuerst zum zur
    alors après au aussi autre aux avant avec bien ce ces cette ceci cela comme dans de des donc du elle elles en
    encore est et être faire fait faut ici il ils je la le les leur leurs lui mais me mes moi mon même ne nos
    notre nous on ont ou où par pas peu peut plus pour puis quand que qui quoi sa sans se ses si son sont sur ta
    te tes toi ton tous tout toute très tu un une va vers voici voilà vos votre vous vont
    ahora al algo antes aquí así bueno cada como con cual cuando de del desde después donde dos el ella ellos en
    entonces era es esa ese eso esta este esto está están fue ha hace hacer hacia hasta hay hemos la las lo los
    luego más me mi mis muy no nos nosotros o otra otro para pero poco por porque primero pues puede que qué quien
    se ser si sí sin sobre solo son su sus también tan te tiene toda todo todos tu tus un una uno unos va vamos
    van ya yo""".split()
)
