-- Figures keep their text alternative, and named blocks become calls of the template's functions.
local function quoted(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"'
end

local calls = { notes = "notes", missing = "missing", lead = "lead", keep = "keep" }

function Figure(figure)
  local image
  figure.content:walk({ Image = function(one) image = one end })
  if not image then return nil end
  local alt = pandoc.utils.stringify(image.caption)
  local open = "#figure(kind: image, image(" .. quoted(image.src) .. ", alt: " .. quoted(alt)
    .. "), caption: ["
  local blocks = pandoc.List({ pandoc.RawBlock("typst", open) })
  blocks:extend(figure.caption.long)
  blocks:insert(pandoc.RawBlock("typst", "])"))
  return blocks
end

local function tiles(div)
  local blocks = pandoc.List({ pandoc.RawBlock("typst", "#tiles(") })
  div:walk({ BulletList = function(list)
    for _, item in ipairs(list.content) do
      blocks:insert(pandoc.RawBlock("typst", "["))
      blocks:extend(item)
      blocks:insert(pandoc.RawBlock("typst", "],"))
    end
  end })
  blocks:insert(pandoc.RawBlock("typst", ")"))
  return blocks
end

function Div(div)
  if div.classes:includes("tiles") then return tiles(div) end
  for _, class in ipairs(div.classes) do
    if calls[class] then
      local blocks = pandoc.List({ pandoc.RawBlock("typst", "#" .. calls[class] .. "[") })
      blocks:extend(div.content)
      blocks:insert(pandoc.RawBlock("typst", "]"))
      return blocks
    end
  end
end
